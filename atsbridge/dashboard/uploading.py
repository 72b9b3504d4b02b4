"""Files in forms, as their sender calls them."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponseBase
from django.http.multipartparser import MultiPartParser

type Handle = Callable[[HttpRequest], HttpResponseBase]


class Parser(MultiPartParser):
    """Leaves a path in a name, so that it is refused: Django would cut it off, and nobody would be told."""

    def sanitize_file_name(self, file_name: str) -> str | None:
        """A name as Django has it; one with a path in it with backslashes, which outlast what is cut later."""
        if "/" in file_name or "\\" in file_name:
            return file_name.replace("/", "\\")
        found: str | None = super().sanitize_file_name(file_name)
        return found


def whole_names(handle: Handle) -> Handle:
    """A middleware: forms are read so, from the first look at them on."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        request.multipart_parser_class = Parser  # type: ignore[assignment]  # the stubs take an instance
        return handle(request)

    return middleware
