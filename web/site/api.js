// Asks the API that served this page. A problem of its is thrown as it is told.

export const quota = new EventTarget();
let key = null;

/** Use a key from now on; null for none. */
export function useKey(text) {
  key = text;
}

/** What the API refused, in its own words (RFC 9457). */
export class Problem extends Error {
  constructor(members) {
    super(members.detail ?? members.title);
    Object.assign(this, members);
  }
}

/** Return an address's path and query, without what is empty. */
export function address(path, query = {}) {
  const given = Object.entries(query).filter(([, value]) => value !== null && value !== undefined && value !== "");
  const text = new URLSearchParams(given).toString();
  return text ? `${path}?${text}` : path;
}

/** Return what a GET answers; throws a Problem. */
export async function ask(where) {
  let answer;
  try {
    answer = await fetch(where, { headers: key ? { "X-API-Key": key } : {} });
  } catch {
    throw new Problem({ title: "No answer", detail: "The server does not answer. Is it running?", status: 0 });
  }
  tell(answer.headers);
  let body;
  try {
    body = await answer.json();
  } catch {
    throw new Problem({ title: "Not understood", detail: `${where} answered ${answer.status} without JSON`, status: answer.status });
  }
  if (!answer.ok) throw new Problem({ ...body, retryAfter: answer.headers.get("Retry-After") });
  return body;
}

function tell(headers) {
  const left = items(headers.get("RateLimit"));
  const policy = items(headers.get("RateLimit-Policy"));
  if (!policy.size) return;
  const told = [...policy].map(([name, { q }]) => ({ name, quota: q, left: left.get(name)?.r, seconds: left.get(name)?.t }));
  quota.dispatchEvent(new CustomEvent("change", { detail: told }));
}

/** Read a list of quoted items with whole-number parameters: `"minute";r=599;t=12, "day";r=...`. */
function items(text) {
  const found = new Map();
  for (const part of (text ?? "").split(",")) {
    const [name, ...parameters] = part.trim().split(";");
    if (!name) continue;
    found.set(name.replaceAll('"', ""), Object.fromEntries(parameters.map((one) => one.split("=")).map(([at, value]) => [at, Number(value)])));
  }
  return found;
}
