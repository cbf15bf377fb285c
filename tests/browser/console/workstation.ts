import { createHash, generateKeyPairSync, sign, type KeyObject } from "node:crypto";

const ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
/** Our systems of codes for notes: see `cpis-fhir`. */
const NOTE = "urn:oid:2.25.193174709594443825969758000777962436641";
const CHILD_PROTECTION = "342191000000101";

/** What a note says. */
export type About =
  | { kind: "wrong"; officeNumber: string }
  | { kind: "not-brought"; day: string; time: string }
  | { kind: "withdrawn"; of: string };

/** An enrolled workstation, which sends notes to local authorities. */
export class Workstation {
  readonly #url: string;
  readonly #token: string;

  private constructor(url: string, token: string) {
    this.#url = url;
    this.#token = token;
  }

  /** Enrols with a one-time code. */
  static async enrol(url: string, code: string): Promise<Workstation> {
    const { publicKey, privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
    const { n = "", e = "" } = publicKey.export({ format: "jwk" });
    const enrolled = await answer(`${url}/oauth2/register`, {
      method: "POST",
      headers: { Authorization: `Bearer ${code}`, "Content-Type": "application/json" },
      body: JSON.stringify({
        client_name: "Room 3",
        grant_types: ["client_credentials"],
        token_endpoint_auth_method: "private_key_jwt",
        jwks: { keys: [{ kty: "RSA", n, e }] },
      }),
    });
    // RFC 7638.
    const kid = createHash("sha256")
      .update(JSON.stringify({ e, kty: "RSA", n }))
      .digest("base64url");
    const endpoint = `${url}/oauth2/token`;
    const token = await answer(endpoint, {
      method: "POST",
      body: new URLSearchParams({
        grant_type: "client_credentials",
        client_assertion_type: ASSERTION,
        client_assertion: assertion(privateKey, kid, enrolled["client_id"] ?? "", endpoint),
      }),
    });
    return new Workstation(url, token["access_token"] ?? "");
  }

  /** Writes a note about a child; its id. */
  async note(nhsNumber: string, about: About): Promise<string> {
    const id = crypto.randomUUID();
    const response = await fetch(`${this.#url}/audit/FHIR/R4/Communication/${id}`, {
      method: "PUT",
      headers: {
        Authorization: `Bearer ${this.#token}`,
        "Content-Type": "application/fhir+json",
      },
      body: JSON.stringify(communication(id, nhsNumber, about)),
    });
    if (response.status !== 201) throw new Error(`${response.status}: ${await response.text()}`);
    return id;
  }
}

async function answer(url: string, request: RequestInit): Promise<Record<string, string>> {
  const response = await fetch(url, request);
  if (!response.ok) throw new Error(`${response.status} from ${url}: ${await response.text()}`);
  return (await response.json()) as Record<string, string>;
}

function assertion(key: KeyObject, kid: string, client: string, audience: string): string {
  const now = Math.floor(Date.now() / 1000);
  const claims = { iss: client, sub: client, aud: audience, iat: now, exp: now + 120 };
  const parts = [
    { alg: "RS512", typ: "JWT", kid },
    { ...claims, jti: crypto.randomUUID() },
  ];
  const text = parts
    .map((part) => Buffer.from(JSON.stringify(part)).toString("base64url"))
    .join(".");
  return `${text}.${sign("sha512", Buffer.from(text), key).toString("base64url")}`;
}

function facts(about: About): object[] {
  switch (about.kind) {
    case "wrong":
      return [
        { url: "field", valueCode: "office-number" },
        { url: "record", valueCode: CHILD_PROTECTION },
        { url: "correct", valueString: about.officeNumber },
      ];
    case "not-brought":
      return [
        { url: "day", valueDate: about.day },
        { url: "time", valueTime: about.time },
      ];
    case "withdrawn":
      return [];
  }
}

function communication(id: string, nhsNumber: string, about: About): object {
  const said = facts(about);
  return {
    resourceType: "Communication",
    id,
    contained: [
      {
        resourceType: "PractitionerRole",
        id: "sender",
        practitioner: {
          type: "Practitioner",
          identifier: { system: "https://fhir.nhs.uk/Id/sds-user-id", value: "555000000102" },
          display: "Mr Bertram Sample-Otter",
        },
        organization: {
          type: "Organization",
          identifier: { system: "https://fhir.nhs.uk/Id/ods-organization-code", value: "RJ1" },
          display: "GUY'S AND ST THOMAS' NHS FOUNDATION TRUST",
        },
        code: [{ text: "Dental Officer" }],
        telecom: [{ system: "phone", value: "01632 960001" }],
      },
    ],
    ...(said.length > 0 ? { extension: [{ url: `${NOTE}.5`, extension: said }] } : {}),
    status: "completed",
    category: [{ coding: [{ system: `${NOTE}.6`, code: about.kind }] }],
    priority: "routine",
    subject: {
      type: "Patient",
      identifier: { system: "https://fhir.nhs.uk/Id/nhs-number", value: nhsNumber },
    },
    ...(about.kind === "withdrawn"
      ? { inResponseTo: [{ reference: `Communication/${about.of}` }] }
      : {}),
    sent: new Date().toISOString(),
    sender: { reference: "#sender" },
  };
}
