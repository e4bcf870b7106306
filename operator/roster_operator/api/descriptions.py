"""The docstrings under the fields of wire models, which are their descriptions in the CRD.

Pydantic can collect them itself, but does so whenever the program starts, for which it reads and parses every model's
source; only the generator of the CRDs needs them.
"""

from __future__ import annotations

import ast
import inspect
import textwrap
from itertools import pairwise

from roster_operator.api.wire import WireModel


def descriptions(model: type[WireModel]) -> dict[str, str]:
    """Of the fields that have one, by their names in Python; inherited fields among them."""
    parts = [part for part in reversed(model.__mro__) if issubclass(part, WireModel)]
    written = {name: text for part in parts for name, text in _under_attributes(part).items()}
    return {name: text for name, text in written.items() if name in model.model_fields}


def _under_attributes(model: type[WireModel]) -> dict[str, str]:
    definition = ast.parse(textwrap.dedent(inspect.getsource(model))).body[0]
    assert isinstance(definition, ast.ClassDef)
    found: dict[str, str] = {}
    for statement, following in pairwise(definition.body):
        match statement, following:
            case ast.AnnAssign(target=ast.Name(id=name)), ast.Expr(value=ast.Constant(value=str(text))):
                found[name] = inspect.cleandoc(text)
    return found
