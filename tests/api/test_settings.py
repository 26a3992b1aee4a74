import pytest

from api.gate.address import NO_PROXIES
from api.settings import Settings, SettingsError

GIVEN = {
    "KALPI_HOME": "/srv/kalpi",
    "DATABASE_URL": "postgresql://u:p@h/d",
    "REDIS_URL": "redis://h",
    "KALPI_SECRET": "s",
}


def test_all_is_read():
    settings = Settings.from_environment(
        {**GIVEN, "KALPI_CORS_ORIGINS": "https://a.example, https://b.example", "KALPI_WORKERS": "4"}
    )
    assert str(settings.home.root) == "/srv/kalpi"
    assert settings.cors_origins == ("https://a.example", "https://b.example")
    assert (settings.workers, [one.octets for one in settings.secrets.live()]) == (4, [b"s"])


def test_secrets_are_not_shown():
    text = repr(Settings.from_environment({**GIVEN, "KALPI_SECRET": "hush-hush"}))
    assert "hush" not in text
    assert "u:p" not in text


@pytest.mark.parametrize("name", ["DATABASE_URL", "REDIS_URL", "KALPI_SECRET"])
def test_what_is_missing_is_named(name, tmp_path):
    with pytest.raises(SettingsError, match=name):
        Settings.from_environment({**GIVEN, "KALPI_HOME": str(tmp_path), name: ""})


def test_the_secret_may_lie_in_a_file(tmp_path):
    (tmp_path / "secrets").mkdir()
    (tmp_path / "secrets" / "server").write_text("from the file\n")
    settings = Settings.from_environment({**GIVEN, "KALPI_HOME": str(tmp_path), "KALPI_SECRET": ""})
    assert [one.octets for one in settings.secrets.live()] == [b"from the file"]
    (tmp_path / "secrets" / "server").write_text("\n")
    with pytest.raises(SettingsError, match="is empty"):
        Settings.from_environment({**GIVEN, "KALPI_HOME": str(tmp_path), "KALPI_SECRET": ""})


def test_two_secrets_may_be_alive():
    settings = Settings.from_environment({**GIVEN, "KALPI_SECRET_OLD": "old one"})
    assert [one.octets for one in settings.secrets.live()] == [b"s", b"old one"]


def test_mail_goes_to_the_console_unless_a_server_is_named_and_then_addresses_are_to_be_verified():
    assert not Settings.from_environment(GIVEN).verified_only
    smtp = {**GIVEN, "KALPI_SMTP_URL": "smtp://u:hush@h:25", "KALPI_MAIL_FROM": "kalpi@example.org"}
    settings = Settings.from_environment(smtp)
    assert settings.verified_only
    assert settings.mail.reaches_people
    assert "hush" not in repr(settings)
    assert not Settings.from_environment({**smtp, "KALPI_VERIFIED_ONLY": "0"}).verified_only


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("KALPI_MAIL_FROM", {"KALPI_SMTP_URL": "smtp://h"}),
        ("KALPI_SMTP_URL", {"KALPI_SMTP_URL": "http://u:hush@h", "KALPI_MAIL_FROM": "a@b.org"}),
        ("KALPI_SMTP_URL", {"KALPI_SMTP_URL": "smtp://", "KALPI_MAIL_FROM": "a@b.org"}),
        ("KALPI_VERIFIED_ONLY", {"KALPI_VERIFIED_ONLY": "yes"}),
        ("KALPI_REFRESH_GRACE", {"KALPI_REFRESH_GRACE": "11"}),
    ],
)
def test_other_settings_that_are_none_are_named(name, told):
    with pytest.raises(SettingsError, match=name) as refused:
        Settings.from_environment({**GIVEN, **told})
    assert "hush" not in str(refused.value)


@pytest.mark.parametrize("workers", ["0", "-1", "two", "1.5"])
def test_bad_numbers_are_named(workers):
    with pytest.raises(SettingsError, match="KALPI_WORKERS"):
        Settings.from_environment({**GIVEN, "KALPI_WORKERS": workers})


def test_the_public_address_is_that_of_the_port_unless_told():
    def address(**told):
        return Settings.from_environment({**GIVEN, "KALPI_SECRET": "s", **told}).public_url

    assert address() == "http://127.0.0.1:8000"
    assert address(KALPI_PORT="9000") == "http://127.0.0.1:9000"
    assert address(KALPI_PORT="9000", KALPI_PUBLIC_URL="https://kalpi.example/") == "https://kalpi.example"


@pytest.mark.parametrize("url", ["kalpi.example", "ftp://kalpi.example", "https://a b", "https://a?b", "https://a#b"])
def test_a_public_address_that_is_none_is_named(url):
    with pytest.raises(SettingsError, match="KALPI_PUBLIC_URL"):
        Settings.from_environment({**GIVEN, "KALPI_SECRET": "s", "KALPI_PUBLIC_URL": url})


def test_proxies_are_addresses_networks_or_anybody_for_so_many_hops():
    def proxies(**told):
        return Settings.from_environment({**GIVEN, **told}).proxies

    assert proxies() == NO_PROXIES
    listed = proxies(KALPI_TRUSTED_PROXIES="10.0.0.1, 2001:db8::/48", KALPI_PROXY_HOPS="2")
    assert ([str(one) for one in listed.networks], listed.hops) == (["10.0.0.1/32", "2001:db8::/48"], 2)
    assert proxies(KALPI_TRUSTED_PROXIES="*").hops == 1


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("KALPI_TRUSTED_PROXIES", {"KALPI_TRUSTED_PROXIES": "proxy.example"}),
        ("KALPI_TRUSTED_PROXIES", {"KALPI_TRUSTED_PROXIES": "10.0.0.1/8"}),
        ("KALPI_PROXY_HOPS", {"KALPI_PROXY_HOPS": "1"}),
        ("KALPI_PROXY_HOPS", {"KALPI_TRUSTED_PROXIES": "*", "KALPI_PROXY_HOPS": "-1"}),
    ],
)
def test_proxies_that_are_none_are_named(name, told):
    with pytest.raises(SettingsError, match=name):
        Settings.from_environment({**GIVEN, **told})
