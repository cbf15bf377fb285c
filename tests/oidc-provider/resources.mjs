// What the tokens are good for: the register, as far as one look at one person needs it, and the
// intake of audit records. A token that the provider does not know any more is refused, and one that
// is bound to a key must come with its proof (RFC 9449 section 7).

import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { calculateJwkThumbprint, EmbeddedJWK, jwtVerify } from "jose";

const published = (name) =>
  JSON.parse(readFileSync(new URL(`../official-examples/${name}`, import.meta.url), "utf8"));

const metadata = published("CapStatement-CPIS-FHIR-API-Producer.json");
const nothing = published("cpis-empty-bundle-01.json");
const { deceasedDateTime: _, extension: __, ...person } = published("PDS-Patient.json");

/** Answers what is below the base address and is not the provider's own. */
export function resources(provider) {
  return async (ctx, next) => {
    if (!/^\/(cpis|personal-demographics|audit)\//.test(ctx.path)) return next();
    ctx.type = "application/fhir+json";
    if (ctx.path === "/cpis/FHIR/R4/metadata") {
      ctx.body = metadata;
      return;
    }
    const workstation = ctx.path.startsWith("/audit/");
    if (!(await isGood(provider, ctx, workstation ? "ClientCredentials" : "AccessToken"))) {
      ctx.status = 401;
      ctx.body = { resourceType: "OperationOutcome" };
    } else if (workstation) {
      await takeIn(provider.issuer, ctx);
    } else {
      const link = [{ relation: "self", url: provider.issuer + ctx.url }];
      ctx.body = ctx.path.startsWith("/personal-demographics/") ? person : { ...nothing, link };
    }
  };
}

async function isGood(provider, ctx, kind) {
  const [scheme, text] = ctx.get("authorization").split(" ");
  const token = text && (await provider[kind].find(text));
  if (!token) return false;
  if (!token.jkt) return scheme === "Bearer";
  return scheme === "DPoP" && token.jkt === (await provenKey(provider.issuer, ctx, text));
}

/** The thumbprint of the key of which the call carries a proof. */
async function provenKey(issuer, ctx, token) {
  try {
    const { payload, protectedHeader } = await jwtVerify(ctx.get("dpop"), EmbeddedJWK, {
      typ: "dpop+jwt",
    });
    const hash = createHash("sha256").update(token).digest("base64url");
    const here = issuer + ctx.path;
    const fits = payload.htm === ctx.method && payload.htu === here && payload.ath === hash;
    return fits && (await calculateJwkThumbprint(protectedHeader.jwk));
  } catch {
    return undefined;
  }
}

async function takeIn(issuer, ctx) {
  let text = "";
  for await (const part of ctx.req) text += part;
  const sent = JSON.parse(text);
  const location = (record) => `${issuer}/audit/FHIR/R4/AuditEvent/${record.id}/_history/1`;
  if (ctx.method === "PUT") {
    ctx.status = 201;
    ctx.set("location", location(sent));
    ctx.body = sent;
    return;
  }
  const entry = sent.entry.map(({ resource }) => ({
    response: { status: "201", location: location(resource) },
  }));
  ctx.body = { resourceType: "Bundle", type: "batch-response", entry };
}
