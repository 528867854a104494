// npm's jose, to prove our tokens with software that is not ours. A JSON object {jwks, tokens} on
// standard input; on standard output, for each token, its claims or the code of jose's refusal.
import { readFileSync } from "node:fs";
import { webcrypto } from "node:crypto";

globalThis.crypto ??= webcrypto; // Node 18 has it under a name of its own

const { createLocalJWKSet, jwtVerify } = await import("jose");
const wanted = JSON.parse(readFileSync(0, "utf8"));
const keys = createLocalJWKSet(wanted.jwks);
const rules = {
  algorithms: ["EdDSA"],
  typ: "at+jwt",
  issuer: "houbu-account",
  audience: "houbu",
  requiredClaims: ["sub", "sid", "jti", "iat", "nbf", "exp"],
  currentDate: new Date(wanted.now_ms),
};
const answers = [];
for (const token of wanted.tokens) {
  try {
    const { payload, protectedHeader } = await jwtVerify(token, keys, rules);
    answers.push({ claims: payload, header: protectedHeader });
  } catch (error) {
    answers.push({ refused: error.code });
  }
}
console.log(JSON.stringify(answers));
