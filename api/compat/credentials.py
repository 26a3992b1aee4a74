"""Keys as other services' clients send them, put where ours are looked for before anything else sees the request."""

from typing import cast

import falcon

_PARAMETER = "apikey"
_SCHEME = "apikey "
_ADDRESSES = ("QUERY_STRING", "RAW_URI", "REQUEST_URI")
"""Where servers keep the address that was asked for."""


def lift(req: falcon.Request, *, from_query: bool) -> None:
    """Take a key out of `Authorization: apikey <key>` and, if that is allowed, out of `apikey=<key>` in the query.

    SEC: a request with another credential, or with two keys, keeps them and is refused for them as anywhere.
    """
    environ, params = req.env, cast("dict[str, str | list[str]]", req.params)
    if "HTTP_X_API_KEY" in environ:
        return
    authorization = environ.get("HTTP_AUTHORIZATION")
    if authorization is None:
        key = params.get(_PARAMETER) if from_query else None
        if isinstance(key, str):
            environ["HTTP_X_API_KEY"] = key
            del params[_PARAMETER]
            for name in _ADDRESSES:  # SEC nothing behind us may log the key; what stands before us is the operator's
                environ.pop(name, None)
    elif authorization.lower().startswith(_SCHEME) and _PARAMETER not in params:
        environ["HTTP_X_API_KEY"] = authorization[len(_SCHEME) :].strip(" ")
        del environ["HTTP_AUTHORIZATION"]
