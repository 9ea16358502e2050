# SPDX-License-Identifier: 0BSD
"""Checks jwt/testdata/vectors.json without this project's code: with PyJWT and cryptography
(on Debian: apt-get install python3-jwt). By hand: /usr/bin/python3 .ci/vectors.py"""
import base64, json, math, os, re, urllib.parse
import jwt
from cryptography.hazmat.primitives.serialization import load_pem_private_key

os.chdir(os.path.join(os.path.dirname(__file__), "../jwt/testdata"))

def read(name):
    with open(name, encoding="utf-8", newline="") as file:
        return file.read().replace("TESTING KEY", "PRIVATE KEY")

def encode(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()

vectors, good = json.loads(read("vectors.json")), read("key.json")
rs256 = jwt.algorithms.get_default_algorithms()["RS256"]

def file_of(v):
    if "change" in v:
        members = {**json.loads(good), **v["change"]}
        return json.dumps({k: m for k, m in members.items() if m is not None}).encode()
    if "file_base64" in v:
        return base64.b64decode(v["file_base64"])
    text = v.get("file", good)
    for old, new in v.get("replace", []):
        text = text.replace(old, new)
    return text.encode()

def once(pairs):
    known = [name for name, _ in pairs if name in json.loads(good)]
    assert len(known) == len(set(known)), "twice"
    return dict(pairs)

def key_of(data):
    f = json.loads(data.decode("utf-8"), object_pairs_hook=once)
    assert f["type"] == "service_account" and isinstance(f["client_id"], str)
    assert re.fullmatch("[!-~]+@[!-~]+", f["client_email"])
    assert re.fullmatch("[!-~]+", f["token_uri"])
    url = urllib.parse.urlsplit(f["token_uri"])
    assert url.scheme == "https" or url.hostname in ("localhost", "127.0.0.1", "::1"), "clear text"
    assert url.hostname and url.port != 0 and not url.username, "no endpoint"
    pem = f["private_key"].strip().replace("\r\n", "\n")
    assert re.fullmatch("-----BEGIN PRIVATE KEY-----\n[^-]+\n-----END PRIVATE KEY-----", pem)
    key = load_pem_private_key(pem.encode(), None)
    modulus = key.public_key().public_numbers().n
    assert 2048 <= modulus.bit_length() <= 8192 and math.gcd(modulus, math.prod(range(3, 50))) == 1
    return f, key

def sign(header, claims):
    h, c = json.loads(header), json.loads(claims)
    assert h["alg"] == "RS256" and h.get("typ", "JWT") == "JWT" and c["iss"]
    assert re.fullmatch(r"(?!.*\.googleapis\.com).+|.*/token", c["aud"])
    assert c["exp"] < 10**11 and 0 < c["exp"] - c["iat"] <= 3600
    scopes = c["scope"].split(" ")
    assert len(scopes) == len(set(scopes))
    assert all(re.fullmatch(r"[!#-+\--\[\]-~]+", scope) for scope in scopes)

def decode(token):
    parts = [base64.urlsafe_b64decode(p + "=" * (-len(p) % 4)) for p in token.split(".")]
    assert len(parts) == 3 and ".".join(map(encode, parts)) == token
    assert all(isinstance(json.loads(p), dict) for p in parts[:2])
    return parts[0].decode(), parts[1].decode()

def refuses(name, judge, *args):
    try:
        judge(*args)
    except Exception:  # whatever a parser raises
        return
    raise SystemExit(f"accepted: {name}")

keys = {name: rs256.from_jwk(json.dumps(k)) for name, k in vectors["keys"].items()}
for v in vectors["key_files"]["good"]:
    members, key = key_of(file_of(v))
    expected = {**json.loads(good), **v["differs"], "private_key": members["private_key"]}
    assert {m: members.get(m) for m in expected} == expected, v["name"]
    assert key.private_numbers() == keys["RFC 9500, section 2.1"].private_numbers(), v["name"]
for v in vectors["key_files"]["bad"]:
    refuses(v["name"], key_of, file_of(v))
for v in vectors["signed"]:
    assert encode(v["header"].encode()) + "." + encode(v["claims"].encode()) == v["signing_input"]
    if v["key"]:
        signature = rs256.sign(v["signing_input"].encode(), keys[v["key"]])
        assert encode(signature) == v["signature"], v["name"]
        token, public = v["signing_input"] + "." + v["signature"], keys[v["key"]].public_key()
        whole = jwt.api_jws.decode_complete(token, public, ["RS256"])
        assert whole["payload"] == v["claims"].encode()
        assert whole["header"] == json.loads(v["header"])
    if len(v["as_written"]) == 2:
        sign(v["header"], v["claims"])
for v in vectors["refused"]:
    refuses(v["name"], sign, v["header"], v["claims"])
for v in vectors["decoded"]:
    if "wrong" in v:
        refuses(v["token"], decode, v["token"])
    else:
        assert decode(v["token"]) == (v["header"], v["claims"]), v["token"]
files = vectors["key_files"]
print("good and bad key files:", len(files["good"]), len(files["bad"]), end="; ")
print({name: len(vectors[name]) for name in ("signed", "refused", "decoded")}, end="; ")
print("PyJWT", jwt.__version__)
