// `ws` as its readme broadcasts: one send a client; the frame is made anew for each.
import { createClient } from "redis";
import { WebSocketServer } from "ws";

const [port, redisUrl, channel] = process.argv.slice(2);
const server = new WebSocketServer({ port: Number(port), host: "127.0.0.1", perMessageDeflate: false });
const redis = createClient({ url: redisUrl });
await redis.connect();
await redis.subscribe(channel, (text) => {
  for (const client of server.clients) if (client.readyState === 1) client.send(text);
});
