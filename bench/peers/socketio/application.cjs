// socket.io in its usual fast form: WebSocket only, the Redis adapter, one room.
const { createAdapter } = require("@socket.io/redis-adapter");
const { createServer } = require("node:http");
const { createClient } = require("redis");
const { Server } = require("socket.io");

const [port, redisUrl] = process.argv.slice(2);
const publisher = createClient({ url: redisUrl });
const subscriber = publisher.duplicate();
Promise.all([publisher.connect(), subscriber.connect()]).then(() => {
  const http = createServer();
  const io = new Server(http, {
    adapter: createAdapter(publisher, subscriber),
    transports: ["websocket"],
    perMessageDeflate: false,
    serveClient: false,
  });
  io.on("connection", (socket) => socket.join("comments"));
  http.listen(Number(port), "127.0.0.1");
});
