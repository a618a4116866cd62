"""The Authentication API: the four grants, the sign-in form, and every error that the vendor documents."""

from urllib.parse import parse_qs, urlsplit

from statsbridge.simulator.server import SimulatorServer
from statsbridge.simulator.tokens import Credentials
from tests.statsbridge.simulator.support import Client, HandClock, another, basic, small_simulator

BACK = "https://wall.example/callback"
BAD_USER = (400, {"error": "invalid_grant", "error_description": "Bad credentials"})
BAD_CLIENT = (401, {"error": "Unauthorized", "error_description": "Bad credentials"})


async def test_the_password_grant_gives_both_tokens(client: Client) -> None:
    status, body = await client.token()
    assert status == 200
    assert set(body) == {"access_token", "token_type", "refresh_token", "expires_in", "scope"}
    assert (body["token_type"], body["expires_in"], body["scope"]) == ("bearer", 43199, "*")


async def test_client_credentials_give_no_refresh_token(client: Client) -> None:
    status, body = await client.token(grant_type="client_credentials")
    assert status == 200
    assert "refresh_token" not in body


async def test_a_refresh_token_gives_a_new_access_token(client: Client) -> None:
    first = await client.sign_in()
    status, body = await client.token(grant_type="refresh_token", refresh_token=first["refresh_token"])
    assert status == 200
    assert body["access_token"] != first["access_token"]
    assert body["refresh_token"] == first["refresh_token"]


async def test_a_rotated_refresh_token_works_once(clock: HandClock) -> None:
    async with small_simulator(clock, rotate=True) as simulator, another(simulator.url) as client:
        first = await client.sign_in()
        refresh = {"grant_type": "refresh_token", "refresh_token": first["refresh_token"]}
        assert (await client.token(**refresh))[0] == 200
        assert await client.token(**refresh) == BAD_USER


async def test_a_wrong_api_key_is_forbidden_everywhere(client: Client) -> None:
    await client.sign_in()
    client.headers["x-api-key"] = "wrong"
    for method, path in (
        *(("POST", "/auth/v3/oauth/token"), ("GET", "/auth/v3/userinfo")),
        *(("POST", "/statistics/v3/subscriptions"), ("POST", "/statistics/v3/notifications")),
    ):
        assert await client.ask(method, path) == (403, {"message": "Forbidden"})


async def test_without_a_key_of_its_own_any_will_do(clock: HandClock) -> None:
    simulator = small_simulator(clock, credentials=Credentials(api_key=""))
    async with simulator, another(simulator.url) as client:
        del client.headers["x-api-key"]
        assert (await client.token())[0] == 200


async def test_a_wrong_client_is_unauthorized(client: Client) -> None:
    assert await client.token(basic(secret="wrong")) == BAD_CLIENT
    assert await client.token(basic(client_id="wrong")) == BAD_CLIENT
    assert await client.token({"Authorization": "Basic ???"}) == BAD_CLIENT
    assert await client.token({"x-other": "no credentials"}) == BAD_CLIENT


async def test_a_wrong_user_or_refresh_token_is_an_invalid_grant(client: Client) -> None:
    assert await client.token(grant_type="password", username="tenant\\bridge", password="wrong") == BAD_USER
    assert await client.token(grant_type="password", username="bridge", password="sim-password") == BAD_USER
    assert await client.token(grant_type="refresh_token", refresh_token="wrong") == BAD_USER


async def test_an_unknown_grant_is_refused(client: Client) -> None:
    status, body = await client.token(grant_type="guessing")
    assert (status, body["error"]) == (400, "unsupported_grant_type")


async def test_an_access_token_ends_after_its_life(client: Client, clock: HandClock) -> None:
    await client.sign_in()
    assert (await client.ask("GET", "/auth/v3/userinfo"))[0] == 200
    clock.turn(43_200)
    assert (await client.ask("GET", "/auth/v3/userinfo"))[0] == 401


async def test_userinfo_is_flat(client: Client) -> None:
    await client.sign_in()
    status, flat = await client.ask("GET", "/auth/v3/userinfo")
    assert status == 200
    assert flat["loginName"] == "tenant\\bridge"
    assert [a["name"] for a in flat["authorities"]] == ["ROLE_AGENT", "ROLE_SUPERVISOR"]
    status, openid = await client.ask("GET", "/auth/v3/openid/userinfo")
    assert (status, openid["sub"], openid["aud"]) == (200, flat["username"], "wallboard")


async def authorize(client: Client, **changes: str) -> tuple[int, str, str]:
    query = {"response_type": "code", "client_id": "wallboard", "redirect_uri": BACK, "state": "s 1", **changes}
    async with client.http.get(client.url + "/auth/v3/oauth/authorize", params=query, allow_redirects=False) as answer:
        return answer.status, answer.headers.get("Location", ""), await answer.text()


async def fill_in(client: Client, form_at: str, **form: str) -> tuple[int, str, str]:
    given = {"query": urlsplit(form_at).query, "username": "tenant\\bridge", "password": "sim-password", **form}
    address = client.url + "/auth/v3/sign-in"
    async with client.http.post(address, data=given, allow_redirects=False) as answer:
        return answer.status, answer.headers.get("Location", ""), await answer.text()


async def get_code(client: Client) -> str:
    _, back, _ = await authorize(client)
    if not back.startswith(BACK):  # not signed in yet
        status, location, _ = await fill_in(client, back)
        assert (status, urlsplit(location).path) == (302, "/auth/v3/oauth/authorize")
        _, back, _ = await authorize(client)
    assert back.startswith(BACK + "?")
    answer = parse_qs(urlsplit(back).query)
    assert answer["state"] == ["s 1"]
    return answer["code"][0]


async def test_the_sign_in_form_leads_back_with_a_code_that_works_once(client: Client) -> None:
    status, form_at, _ = await authorize(client)
    assert status == 302
    async with client.http.get(client.url + form_at) as page:
        assert 'type="password"' in await page.text()
    code = await get_code(client)
    exchange = {"grant_type": "authorization_code", "code": code, "redirect_uri": BACK}
    status, body = await client.token(**exchange)
    assert status == 200
    assert body["refresh_token"]
    status, body = await client.token(**exchange)
    assert (status, body["error"]) == (400, "invalid_grant")


async def test_a_code_is_bound_to_its_redirect_uri_and_expires(client: Client, clock: HandClock) -> None:
    exchange = {"grant_type": "authorization_code", "redirect_uri": BACK + "/other"}
    assert (await client.token(code=await get_code(client), **exchange))[0] == 400
    code = await get_code(client)
    clock.turn(61)
    assert (await client.token(**{**exchange, "code": code, "redirect_uri": BACK}))[0] == 400


async def test_a_wrong_password_shows_the_form_again_and_cancel_goes_back(client: Client) -> None:
    _, form_at, _ = await authorize(client)
    status, _, page = await fill_in(client, form_at, password="wrong")
    assert status == 401
    assert "wrong" in page
    status, back, _ = await fill_in(client, form_at, do="cancel")
    assert (status, parse_qs(urlsplit(back).query)) == (302, {"error": ["access_denied"], "state": ["s 1"]})


async def test_the_tenant_may_be_given_apart(client: Client) -> None:
    _, form_at, _ = await authorize(client)
    assert (await fill_in(client, form_at, tenant="tenant", username="bridge"))[0] == 302


async def test_an_authorize_request_that_is_not_right_is_not_redirected(client: Client) -> None:
    for changes in ({"client_id": "x"}, {"redirect_uri": "javascript:x"}, {"response_type": "token"}):
        status, location, _ = await authorize(client, **changes)
        assert (status, location) == (400, "")


async def test_ping_knows_the_signed_in_browser(client: Client) -> None:
    assert (await client.ask("GET", "/auth/v3/ping"))[0] == 403
    await get_code(client)
    assert await client.ask("GET", "/auth/v3/ping") == (200, {"status": {"code": 0}})


async def test_signing_out_ends_the_token_and_globally_all(client: Client, simulator: SimulatorServer) -> None:
    await client.sign_in()
    first = client.headers["Authorization"]
    await client.sign_in()
    assert await client.ask("POST", "/auth/v3/sign-out") == (200, {"status": {"code": 0}})
    assert (await client.ask("GET", "/auth/v3/userinfo"))[0] == 401
    client.headers["Authorization"] = first
    assert (await client.ask("GET", "/auth/v3/userinfo"))[0] == 200
    await client.ask("GET", "/auth/v3/sign-out?global=true", headers={"Authorization": first})
    assert (await client.ask("GET", "/auth/v3/userinfo"))[0] == 401
    assert (await client.ask("GET", "/auth/v3/sign-out"))[0] == 401


async def test_a_guest_has_no_authority(client: Client) -> None:
    status, body = await client.token(grant_type="password", username="tenant\\guest", password="sim-password")
    assert status == 200
    bearer = {"Authorization": f"bearer {body['access_token']}"}
    assert (await client.ask("GET", "/auth/v3/userinfo", headers=bearer))[1]["authorities"] == []


async def test_a_code_with_a_challenge_wants_its_verifier(client: Client) -> None:
    await get_code(client)
    # RFC 7636, appendix B.
    proof = {"code_challenge": "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM", "code_challenge_method": "S256"}
    for verifier, expected in (("wrong", 400), ("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk", 200)):
        _, back, _ = await authorize(client, **proof)
        code = parse_qs(urlsplit(back).query)["code"][0]
        form = {"grant_type": "authorization_code", "code": code, "redirect_uri": BACK, "code_verifier": verifier}
        assert (await client.token(**form))[0] == expected


async def test_only_registered_redirect_uris_are_led_to(clock: HandClock) -> None:
    async with small_simulator(clock, redirect_uris=(BACK,)) as simulator, another(simulator.url) as client:
        assert (await authorize(client))[0] == 302
        status, location, said = await authorize(client, redirect_uri=BACK + "x")
        assert (status, location) == (400, "")
        assert "not registered" in said


async def test_the_tenant_is_asked_for_unless_it_is_hidden(client: Client) -> None:
    for hidden, shown in (("false", True), ("true", False)):
        _, form_at, _ = await authorize(client, hideTenant=hidden)
        async with client.http.get(client.url + form_at) as page:
            assert ('name="tenant"' in await page.text()) is shown
    asked = {"data": {"tenant": "tenant", "userName": "agent"}}
    del client.headers["x-api-key"]
    assert (await client.ask("POST", "/auth/v3/auth-scheme", json=asked))[1]["data"] == {"scheme": "basic"}


async def test_sample_people_have_different_authorities_and_each_can_be_removed(client: Client) -> None:
    for name, roles in (("admin", 3), ("supervisor", 2), ("agent", 1)):
        sign_in = {"grant_type": "password", "username": f"tenant\\{name}", "password": "sim-password"}
        _, body = await client.token(**sign_in)
        bearer = {"Authorization": f"bearer {body['access_token']}"}
        _, person = await client.ask("GET", "/auth/v3/openid/userinfo", headers=bearer)
        assert (person["user_name"], len(person["authorities"])) == (f"{name}@sample.example", roles)
        await client.ask("POST", "/_sim/chaos", json={"action": "remove_user", "username": name})
        assert (await client.ask("GET", "/auth/v3/userinfo", headers=bearer))[0] == 401
        assert await client.token(**sign_in) == BAD_USER
        assert await client.token(grant_type="refresh_token", refresh_token=body["refresh_token"]) == BAD_USER
