"""Delivered files are hostile until decoded: judged by their metadata, then decoded in a child with limits."""

from pipelines.decoder.messages import Field, Form, Limits, Schema
from pipelines.decoder.parent import Decoder

__all__ = ["Decoder", "Field", "Form", "Limits", "Schema"]
