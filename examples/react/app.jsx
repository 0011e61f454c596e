import { useChat } from "@ai-sdk/react";
import { DefaultChatTransport } from "ai";
import { useEffect, useState } from "react";
import { createRoot } from "react-dom/client";

// The chat's id is in the address: a reload comes back to it, and to an answer that is still running.
const id = location.hash.slice(1) || crypto.randomUUID();
location.hash = id;
const kept = JSON.parse(sessionStorage.getItem(id) ?? "[]");

function Chat() {
  const [text, setText] = useState("");
  const { messages, sendMessage, status, stop, error } = useChat({
    id,
    messages: kept,
    resume: true,
    transport: new DefaultChatTransport({ api: "/api/chat" }),
  });
  // A running answer is not kept: the server sends all of it again to a page that comes back.
  useEffect(() => {
    if (status !== "streaming") sessionStorage.setItem(id, JSON.stringify(messages));
  }, [messages, status]);
  const submit = (event) => {
    event.preventDefault();
    sendMessage({ text });
    setText("");
  };
  return (
    <main>
      {messages.map((message) => (
        <p key={message.id}>
          <b>{message.role}: </b>
          {message.parts.map((part, index) => (part.type === "text" ? <span key={index}>{part.text}</span> : null))}
        </p>
      ))}
      {error && <p role="alert">{error.message}</p>}
      <form onSubmit={submit}>
        <input value={text} onChange={(event) => setText(event.target.value)} aria-label="Message" />
        {status === "streaming" ? (
          <button type="button" onClick={stop}>
            Stop
          </button>
        ) : (
          <button type="submit">Send</button>
        )}
      </form>
    </main>
  );
}

createRoot(document.getElementById("root")).render(<Chat />);
