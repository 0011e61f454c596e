// The page and the server are one for the browser: the server sees the page's own host, and so a page of its own.
export default { server: { proxy: { "/api": { target: "http://127.0.0.1:4444", changeOrigin: false } } } };
