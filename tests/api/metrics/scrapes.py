"""What a scrape holds, read by Prometheus' own parser."""

from prometheus_client.parser import text_string_to_metric_families


def samples(text):
    """Give each sample's value by its name and labels."""
    families = text_string_to_metric_families(text)
    return {(one.name, frozenset(one.labels.items())): one.value for family in families for one in family.samples}


def total(text, name, **labels):
    """Add up the samples of a name that have these labels."""
    wanted = labels.items()
    return sum(value for (found, has), value in samples(text).items() if found == name and wanted <= set(has))


def names(text):
    return {name for name, _ in samples(text)}
