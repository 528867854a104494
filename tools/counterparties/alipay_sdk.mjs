// Alipay's own SDK for Node (npm alipay-sdk), to prove our side of the wire with software that is
// not ours. `alipay_sdk.mjs VERB`, a JSON object on standard input, a JSON value on standard output:
//
//   exec    {key, public, app_id, gateway, calls: [[method, biz_content]...]}: makes the calls,
//           each answer's signature checked; the answers
//   verify  {public, fields: [object...]}: whether each object's `sign` is the one of its fields,
//           as the SDK joins them; a list of true and false
//   sign    {key, public, app_id, calls}: the parameters the SDK would send, signed
import { readFileSync } from "node:fs";
import { AlipaySdk } from "alipay-sdk";

const verb = process.argv[2];
const wanted = JSON.parse(readFileSync(0, "utf8"));
const sdk = new AlipaySdk({
  appId: wanted.app_id ?? "none",
  privateKey: wanted.key ? readFileSync(wanted.key, "ascii").trim() : "none",
  alipayPublicKey: readFileSync(wanted.public, "ascii").trim(),
  gateway: wanted.gateway,
  camelcase: false,
});

const verbs = {
  async exec() {
    const answers = [];
    for (const [method, bizContent, more] of wanted.calls) {
      const parameters = { bizContent, ...(more ?? {}) };
      answers.push(await sdk.exec(method, parameters, { validateSign: true }));
    }
    return answers;
  },
  async verify() {
    return wanted.fields.map((fields) => sdk.checkNotifySignV2(fields));
  },
  async sign() {
    return wanted.calls.map(([method, bizContent]) => {
      const url = new URL(sdk.pageExec(method, "GET", { bizContent }));
      return Object.fromEntries(url.searchParams);
    });
  },
};

console.log(JSON.stringify(await verbs[verb]()));
