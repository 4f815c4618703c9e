"""Templates that a repository brings for objects of its own: evaluated in a worker process that can be killed.

`templates/environment/*.yaml` are rendered once for each environment, `templates/cluster/*.yaml` once for each cluster.
A template is YAML with holes, as ours are: a scalar that is one `{{ expression }}` takes the value with its type, one
with text around it takes text, and `omit` removes its key or list item; an object whose `kind` is omitted is not
rendered. Keys hold no expressions, and there are no statements.

Expressions see `environment` and `cluster`, the composed document in the overlay's words with `name` added, and
`namespace`, a text. Nobody has to trust them: see `expressions` for what they can do and `__main__` for the limits.
"""

from pggitops.sandbox.files import TemplateFile, TemplateProblem, find
from pggitops.sandbox.process import MAX_OBJECT, RenderedTemplate, Sandbox

__all__ = ["MAX_OBJECT", "RenderedTemplate", "Sandbox", "TemplateFile", "TemplateProblem", "find"]
