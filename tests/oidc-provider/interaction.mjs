// What a person does on the provider's pages, which are forms without a page: a GET tells what is
// asked, a POST decides.

const FOLDER = "/interaction/";
const PERSON = "910000000001";

/** The address of an interaction. */
export const pathOf = (uid) => FOLDER + uid;

/** Answers a request to an interaction; `false` for any other. */
export async function decide(provider, setting, request, response) {
  if (!request.url.startsWith(FOLDER)) return false;
  const { prompt, params, grantId } = await provider.interactionDetails(request, response);
  if (request.method === "GET") {
    response.writeHead(200, { "content-type": "application/json" });
    response.end(JSON.stringify({ asked: prompt.name }));
    return true;
  }
  const finish = (result) => provider.interactionFinished(request, response, result);
  if ((await body(request)).get("decision") === "refuse") {
    await finish({ error: "access_denied", error_description: "the person does not want to" });
  } else if (prompt.name === "login") {
    await finish({ login: { accountId: PERSON, acr: setting.acr, remember: false } });
  } else {
    await finish({ consent: { grantId: await consent(provider, prompt, params, grantId) } });
  }
  return true;
}

async function consent(provider, prompt, params, grantId) {
  const grant =
    (grantId && (await provider.Grant.find(grantId))) ||
    new provider.Grant({ accountId: PERSON, clientId: params.client_id });
  const { missingOIDCScope = [], missingOIDCClaims = [] } = prompt.details;
  grant.addOIDCScope(missingOIDCScope.join(" "));
  grant.addOIDCClaims(missingOIDCClaims);
  return grant.save();
}

async function body(request) {
  let text = "";
  for await (const part of request) text += part;
  return new URLSearchParams(text);
}
