"""Configuration as code: a YAML file to the database and back.

``load`` reads the file with its line numbers, ``substitute`` puts the environment in, ``schema`` checks single
items, ``document`` is the stored configuration in the file's terms, ``merge`` says what it would become, ``check``
judges that as a whole, ``diff`` puts the difference into words, ``apply`` writes it and ``export`` prints it.
"""

from dashboard.configfile.apply import Outcome, apply_file, apply_text
from dashboard.configfile.export import export_text
from dashboard.configfile.problems import ConfigurationRefused, Problem

__all__ = ["ConfigurationRefused", "Outcome", "Problem", "apply_file", "apply_text", "export_text"]
