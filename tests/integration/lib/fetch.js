// SPDX-License-Identifier: MIT
// node fetch.js fetch|agent|forward|connect URL [PROXY]: one GET, told as JSON on stdout.
"use strict";
const http = require("node:http");
const tls = require("node:tls");

function collect(response, more = {}) {
    const chunks = [];
    response.on("data", (chunk) => chunks.push(chunk));
    response.on("end", () => tell({
        status: response.statusCode,
        headers: response.headers,
        body: Buffer.concat(chunks).toString("latin1"),
        ...more,
    }));
    response.on("error", fail);
}

function tell(what) {
    process.stdout.write(JSON.stringify(what), () => process.exit(0));
}

function fail(error) {
    const cause = error.cause ? ` (${error.cause.code || error.cause.message})` : "";
    process.stderr.write(`${error.code || error.name}: ${error.message}${cause}\n`, () => process.exit(1));
}

const modes = {
    // What a program does without a proxy: the reverse side, or naysay as the origin.
    async fetch(url) {
        const response = await fetch(url, { redirect: "manual" });
        const body = Buffer.from(await response.arrayBuffer());
        tell({
            status: response.status,
            headers: Object.fromEntries(response.headers),
            body: body.toString("latin1"),
        });
    },
    // fetch() with undici's own proxy agent, which goes through CONNECT whatever the scheme.
    async agent(url, proxy) {
        const undici = require("undici");
        const response = await undici.fetch(url, {
            redirect: "manual",
            dispatcher: new undici.ProxyAgent({
                uri: proxy, requestTls: { rejectUnauthorized: false },
            }),
        });
        tell({
            status: response.status,
            headers: Object.fromEntries(response.headers),
            body: Buffer.from(await response.arrayBuffer()).toString("latin1"),
        });
    },
    // Absolute-form, as node:http has it done by hand.
    forward(url, proxy) {
        const to = new URL(proxy);
        http.get({
            host: to.hostname, port: to.port, path: url, headers: { host: new URL(url).host },
        }, collect).on("error", fail);
    },
    connect(url, proxy) {
        const to = new URL(proxy);
        const from = new URL(url);
        const authority = `${from.hostname}:${from.port || (from.protocol === "https:" ? 443 : 80)}`;
        const request = http.request({
            host: to.hostname, port: to.port, method: "CONNECT", path: authority,
            headers: { host: authority },
        });
        request.on("connect", (answer, socket) => {
            if (answer.statusCode !== 200) {
                socket.destroy();
                tell({ status: 0, headers: answer.headers, body: "", connect: answer.statusCode });
                return;
            }
            const inside = from.protocol === "https:"
                ? tls.connect({ socket, rejectUnauthorized: false }) : socket;
            inside.on("error", fail);
            http.get({
                createConnection: () => inside, path: from.pathname, headers: { host: from.host },
            }, (response) => collect(response, { connect: 200 })).on("error", fail);
        });
        request.on("error", fail);
        request.end();
    },
};

Promise.resolve(modes[process.argv[2]](process.argv[3], process.argv[4])).catch(fail);
