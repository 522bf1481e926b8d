// A plain proxy as one writes it with Express: a fixed token, kept connections, bodies piped through.
//
//   node proxy.js <port> <port of the API>

import http from "node:http";
import express from "express";

const [port, api] = process.argv.slice(2).map(Number);
const agent = new http.Agent({ keepAlive: true });
const app = express();
app.disable("x-powered-by");
app.use((request, response) => {
  const headers = { accept: request.headers.accept ?? "application/json", authorization: "Bearer a-fixed-token" };
  const call = http.request(
    { host: "127.0.0.1", port: api, path: request.url, method: request.method, headers, agent },
    (answer) => {
      response.status(answer.statusCode);
      response.set("content-type", answer.headers["content-type"]);
      answer.pipe(response);
    },
  );
  call.on("error", () => response.status(502).end());
  request.pipe(call);
});
app.listen(port, "127.0.0.1");
