"""Signing in and out: plain pages, a form that only its own page can send, and a way on that only our pages can be."""

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from app import wiring
from app.access import oidc
from app.access.devices import KNOWN_S
from app.access.door import Access
from app.access.errors import AccessRefused, AccountFault, TooManyAttempts
from app.access.form_page import HEADERS, field, language_of, page, say
from app.access.own_form import form_page, read_form
from app.access.permissions import FIRST_PAGE, PAGES
from app.refusals import note_refusal, sent_from


async def show_login(request: Request) -> Response:
    """The form; who is locked is named, and anyone else may take over."""
    access = await run_in_threadpool(_access)
    if access.options.auth == "local" and not await run_in_threadpool(access.accounts.has_administrator):
        return RedirectResponse("/setup", 303)
    return await _login_page(request, access, "")


async def login(request: Request) -> Response:
    """Try a name and a password; on success a new session, and on to a page of ours."""
    access = await run_in_threadpool(_access)
    told = await read_form(request, access)
    if told is None:
        return await _login_page(request, access, "access.form_expired", 400)
    name, earlier = told.get("name", ""), request.cookies.get(access.cookie_name)
    address, device = sent_from(request.scope), request.cookies.get(access.device_cookie_name)
    try:
        account, cookie = await run_in_threadpool(
            access.sign_in, name, told.get("password", ""), address, earlier, device
        )
    except TooManyAttempts as wait:
        note_refusal(request.scope, "attempts", 429)
        answer = await _login_page(request, access, "access.wait", 429, seconds=wait.retry_after_s)
        answer.headers["retry-after"] = str(wait.retry_after_s)
        return answer
    except AccessRefused:
        note_refusal(request.scope, "password", 403)
        return await _login_page(request, access, "access.wrong", 403)
    answer = admitted(access, cookie, _page_path(told.get("next")))
    _know_again(answer, access, await run_in_threadpool(access.devices.remember, device, account.user_id))
    return answer


async def logout(request: Request) -> Response:
    """End the session; the guard has seen to it that no other site sent this."""
    access = await run_in_threadpool(_access)
    await run_in_threadpool(access.sign_out, request.cookies.get(access.cookie_name))
    answer = RedirectResponse("/login", 303, HEADERS)
    answer.delete_cookie(access.cookie_name, path="/", httponly=True, secure=access.options.has_tls)
    return answer


async def show_setup(request: Request) -> Response:
    """The page of the first administrator; gone once there is one."""
    access = await run_in_threadpool(_access)
    if await run_in_threadpool(_is_set_up, access):
        return RedirectResponse("/login", 303)
    return _setup_page(request, access, "")


async def setup(request: Request) -> Response:
    """Spend the one-time token on the first administrator."""
    access = await run_in_threadpool(_access)
    if await run_in_threadpool(_is_set_up, access):
        return RedirectResponse("/login", 303)
    told = await read_form(request, access)
    if told is None:
        return _setup_page(request, access, say(language_of(request), "access.form_expired"), 400)
    address, name = sent_from(request.scope), told.get("name", "")
    try:
        await run_in_threadpool(access.throttle.begin, "setup", address)
        await run_in_threadpool(access.accounts.add_first, told.get("token", ""), name, told.get("password", ""))
    except TooManyAttempts as wait:
        said = say(language_of(request), "access.wait", seconds=wait.retry_after_s)
        return _setup_page(request, access, said, 429)
    except (AccessRefused, AccountFault):
        note_refusal(request.scope, "setup", 403)
        return _setup_page(request, access, say(language_of(request), "access.setup_wrong"), 403)
    await run_in_threadpool(access.throttle.succeeded, "setup", address)
    return RedirectResponse("/login", 303)


def admitted(access: Access, cookie: str, path: str) -> Response:
    """On to a page, with the cookie: unreadable to scripts, sent to this site alone.

    ``lax`` after a provider, whose redirection comes from another site and would lose a strict one.
    """
    answer = RedirectResponse(path, 303, HEADERS)
    is_local = access.options.auth == "local"
    answer.set_cookie(
        access.cookie_name,
        cookie,
        max_age=int(access.sessions.longest_s),
        path="/",
        secure=access.options.has_tls,
        httponly=True,
        samesite="strict" if is_local else "lax",
    )
    return answer


def _know_again(answer: Response, access: Access, device: str) -> None:
    """The browser is known again next time: what a stranger guesses elsewhere then keeps nobody out of here."""
    answer.set_cookie(
        access.device_cookie_name,
        device,
        max_age=int(KNOWN_S),
        path="/",
        secure=access.options.has_tls,
        httponly=True,
        samesite="strict",
    )


def routes() -> list[Route]:
    """The doors of ``permissions.SIGNING_IN``."""
    return [
        Route("/login", show_login, methods=["GET"]),
        Route("/login", login, methods=["POST"]),
        Route("/logout", logout, methods=["POST"]),
        Route("/setup", show_setup, methods=["GET"]),
        Route("/setup", setup, methods=["POST"]),
        Route("/oidc/login", oidc_login, methods=["GET"]),
        Route("/oidc/callback", oidc_callback, methods=["GET"]),
    ]


async def oidc_login(request: Request) -> Response:
    """To the provider, with a state that only this browser can bring back."""
    access = await run_in_threadpool(_access)
    if access.options.auth != "oidc":
        return RedirectResponse("/login", 303)
    try:
        url, journey = await run_in_threadpool(oidc.departure, access.options)
    except oidc.ProviderFault as fault:
        note_refusal(request.scope, "provider", 503, fault=str(fault))
        return await _login_page(request, access, "access.provider_down", 503)
    answer = RedirectResponse(url, 303, HEADERS)
    sealed = access.seal("oidc").sign(journey.packed())
    secure = access.options.has_tls
    answer.set_cookie(
        oidc.COOKIE, sealed, max_age=oidc.JOURNEY_S, path="/oidc", httponly=True, samesite="lax", secure=secure
    )
    return answer


async def oidc_callback(request: Request) -> Response:
    """Back from the provider: its word is checked, its role claim must be one we know."""
    access = await run_in_threadpool(_access)
    if access.options.auth != "oidc":
        return RedirectResponse("/login", 303)
    opened = access.seal("oidc").open(request.cookies.get(oidc.COOKIE, ""), oidc.JOURNEY_S)
    try:
        user_id, role = await run_in_threadpool(
            oidc.arrival, access.options, oidc.Journey.unpacked(opened), dict(request.query_params)
        )
        account = await run_in_threadpool(access.accounts.welcome, user_id, role)
    except (oidc.ProviderFault, AccessRefused) as refusal:
        note_refusal(request.scope, "oidc", 403, fault=str(refusal))
        return await _login_page(request, access, "access.refused_oidc", 403)
    cookie = await run_in_threadpool(access.admit, account, request.cookies.get(access.cookie_name))
    answer = admitted(access, cookie, "/")
    answer.delete_cookie(oidc.COOKIE, path="/oidc")
    return answer


def _access() -> Access:
    return wiring.services().access


def _is_set_up(access: Access) -> bool:
    return access.options.auth != "local" or access.accounts.has_administrator()


async def _login_page(request: Request, access: Access, said: str, status: int = 200, **values: object) -> Response:
    language, locked = language_of(request), await run_in_threadpool(_locked_name, request, access)
    notes = [say(language, "access.locked_for", name=locked)] if locked and not said else []
    notes += [say(language, said, **values)] if said else []
    if access.options.auth == "oidc":
        body = f'<a class="button" href="/oidc/login">{say(language, "access.sign_in_oidc")}</a>'
        return page(request, "access.title", " ".join(notes), body, status)
    fields = field(language, "access.name", "name", locked, complete="username")
    fields += field(language, "access.password", "password", kind="password", complete="current-password")
    return form_page(request, access, "access.title", " ".join(notes), "/login", fields, "access.sign_in", status)


def _setup_page(request: Request, access: Access, said: str, status: int = 200) -> Response:
    language = language_of(request)
    fields = f'<p class="note">{say(language, "access.setup_hint")}</p>'
    fields += field(language, "access.setup_token", "token") + field(
        language, "access.name", "name", complete="username"
    )
    fields += field(language, "access.password", "password", kind="password", complete="new-password")
    fields += f'<p class="note">{say(language, "access.rule")}</p>'
    return form_page(request, access, "access.setup", said, "/setup", fields, "access.setup_make", status)


def _locked_name(request: Request, access: Access) -> str:
    standing = access.sessions.standing(request.cookies.get(access.cookie_name))
    return standing.person.user_id if standing.state == "locked" and standing.person else ""


def _page_path(told: str | None) -> str:
    """The way on: the name of one of our pages, or the first page. Nothing else can be told."""
    return f"/{told}" if told in PAGES and told != FIRST_PAGE else "/"
