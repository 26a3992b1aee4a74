"""The limit: bare Falcon on the same gunicorn, answering fixed bytes as long as a point lookup's."""

import falcon

BODY = b'{"symbol":"SYN0001","date":"2025-12-31","snapshot":"20261122T220853Z-77d976","data_through":"2025-12-31","values":{"rsi_14":32.77835468241675,"close":430.47}}'  # noqa: E501


class Fixed:
    """One answer for all."""

    def on_get(self, _req: falcon.Request, resp: falcon.Response) -> None:
        """Answer."""
        resp.content_type = falcon.MEDIA_JSON
        resp.data = BODY


application = falcon.App()
application.add_route("/", Fixed())
