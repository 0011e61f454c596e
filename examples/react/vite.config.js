// The page and the server are one for the browser.
export default { server: { proxy: { "/api": "http://127.0.0.1:4444" } } };
