// The certified OpenID provider `oidc-provider` on loopback, as the tests of the sign-in need it.
//
// Each line of standard input is a whole setting (JSON); each is answered by one line when it holds,
// the first with the port. When standard input ends, so does this. Nothing is kept on disk.

import { createServer } from "node:http";
import { createInterface } from "node:readline";
import { setClock } from "./clock.mjs";
import { store } from "./store.mjs";
import { resources } from "./resources.mjs";
import { decide, pathOf } from "./interaction.mjs";

// Node.js 20 does not have it yet, and the package uses it (WHATWG URL, section 6.1).
URL.parse ??= (text, base) => (URL.canParse(text, base) ? new URL(text, base) : null);

// The package looks at the clock when it is loaded.
const { default: Provider } = await import("oidc-provider");
const { exportJWK, importPKCS8 } = await import("jose");

const person = {
  sub: "910000000001",
  nhsid_useruid: "910000000001",
  name: "Dr Certified Sample-Heron",
  nhsid_nrbac_roles: [
    {
      person_roleid: "910000000002",
      org_code: "RCU",
      role_code: "S8000:G8000:R8000",
      role_name: '"Clinical":"Clinical Provision":"Clinical Practitioner Access Role"',
      activity_codes: ["B0107"],
    },
  ],
  nhsid_user_orgs: [{ org_name: "Sheffield Children’s", org_code: "RCU" }],
};

// Standard output is for answers only.
console.info = console.error;

let current;
let answering;

async function configured(setting) {
  const keys = setting.keys.map(async ({ kid, alg, pem }) => ({
    ...(await exportJWK(await importPKCS8(pem, alg, { extractable: true }))),
    kid,
    alg,
    use: "sig",
  }));
  const provider = new Provider(setting.issuer, {
    adapter: store,
    acrValues: ["AAL1_USERPASS", "AAL2_ANY", "AAL2_OR_AAL3_ANY", "AAL3_ANY"],
    claims: {
      openid: ["sub"],
      profile: ["name", "nhsid_useruid"],
      nationalrbacaccess: ["nhsid_nrbac_roles"],
      associatedorgs: ["nhsid_user_orgs"],
    },
    clients: [
      {
        client_id: "cpis-check",
        application_type: "native",
        token_endpoint_auth_method: "none",
        grant_types: ["authorization_code", "refresh_token"],
        response_types: ["code"],
        // Any port of this computer (RFC 8252 section 7.3).
        redirect_uris: ["http://127.0.0.1/callback"],
        id_token_signed_response_alg: setting.idTokenAlgorithm,
      },
    ],
    cookies: { keys: ["a key of the test"] },
    enabledJWA: {
      clientAuthSigningAlgValues: ["RS512"],
      dPoPSigningAlgValues: setting.dpop?.algorithms ?? ["ES256"],
    },
    features: {
      devInteractions: { enabled: false },
      clientCredentials: { enabled: true },
      dPoP: {
        enabled: Boolean(setting.dpop),
        nonceSecret: setting.dpop?.nonce ? Buffer.alloc(32, 7) : undefined,
        requireNonce: () => Boolean(setting.dpop?.nonce),
      },
      registration: { enabled: true, initialAccessToken: setting.enrolmentCode },
      revocation: {
        enabled: true,
        allowedPolicy: (_, client, token) => token.clientId === client.clientId,
      },
    },
    findAccount: (_, accountId) => ({ accountId, claims: () => person }),
    interactions: { url: (_, interaction) => pathOf(interaction.uid) },
    // Its default asks for the scope offline_access, which is for programs that go on without the person.
    issueRefreshToken: (_, client) =>
      setting.refreshTokens && client.grantTypeAllowed("refresh_token"),
    jwks: { keys: await Promise.all(keys) },
    pkce: { required: () => true },
    rotateRefreshToken: setting.rotation,
    ttl: {
      AccessToken: 600,
      AuthorizationCode: 60,
      ClientCredentials: 600,
      Grant: 36_000,
      IdToken: 300,
      Interaction: 600,
      RefreshToken: 28_800,
      Session: 28_800,
    },
  });
  provider.use(resources(provider));
  provider.on("server_error", (_, error) => console.error(error));
  return { setting, provider, callback: provider.callback() };
}

const server = createServer(async (request, response) => {
  const { setting, provider, callback } = current;
  // It stands behind a front, and everybody knows it by that one's name.
  request.headers.host = new URL(setting.issuer).host;
  try {
    if (!(await decide(provider, setting, request, response))) {
      await callback(request, response);
    }
  } catch (error) {
    console.error(error);
    response.writeHead(500).end();
  }
});

for await (const line of createInterface({ input: process.stdin })) {
  const setting = JSON.parse(line);
  setClock(setting.now);
  current = await configured(setting);
  answering ??= new Promise((listening) => server.listen(0, "127.0.0.1", listening));
  await answering;
  console.log(JSON.stringify({ port: server.address().port }));
}
process.exit();
