// SPDX-License-Identifier: MIT
// Node's fetch, as its user would write it: node real_clients.js NAME URL ORIGIN
"use strict";

const [name, url, origin] = process.argv.slice(2);

const plays = {
    async get() {
        await (await fetch(url + "/pay")).text();
    },

    // fetch has no cookie jar: a user keeps the cookie, or finds out that he should have.
    async session(keeps = true) {
        const headers = {};
        const login = async () => {
            const answer = await fetch(url + "/login", {method: "POST"});
            if (keeps)
                headers.cookie = answer.headers.getSetCookie()[0].split(";")[0];
        };
        const call = async n => {
            const answer = await fetch(`${url}/api/items/${n}`, {headers});
            await answer.text();
            return answer.status;
        };
        await login();
        for (let n = 0; n < 5; n++)
            if (await call(n) === 440) {
                await login();
                await call(n);
            }
    },

    async forgetful() {
        await plays.session(false);
    },

    async proxy() {
        const {ProxyAgent, fetch} = require("undici");
        const token = "Basic " + Buffer.from("ada:lovelace").toString("base64");
        const dispatcher = new ProxyAgent({uri: url, token});
        await (await fetch(origin + "/", {dispatcher})).text();
    },

    async big() {
        try {
            console.log("whole", (await (await fetch(url + "/big")).arrayBuffer()).byteLength);
        } catch (why) {
            console.log("raised", why.name + ":", why.message);
        }
    },
};

plays[name]().then(() => process.exit(0), why => { console.error(why); process.exit(1); });
