// The questions on screen, as others would ask them: with curl and in Python. The key is named, never shown.

/** Return the lines of a shell. */
export function curl(addresses) {
  const lines = addresses.map((one) => `curl -H "X-API-Key: $KEY" "${location.origin}${one}"`);
  return ["KEY=...   # your API key", ...lines].join("\n");
}

/** Return a script that needs nothing but Python. */
export function python(addresses) {
  return `import json
import os
import urllib.request


def ask(address):
    request = urllib.request.Request("${location.origin}" + address, headers={"X-API-Key": os.environ["KEY"]})
    with urllib.request.urlopen(request) as answer:
        return json.load(answer)


for address in (
${addresses.map((one) => `    "${one}",`).join("\n")}
):
    answer = ask(address)
    print(answer["symbol"], answer.get("indicator", "bars"), answer.get("params", ""))
    for row in list(zip(*answer["columns"].values()))[-5:]:
        print(*row)
`;
}
