%% Makes certificates for tests, with what public_key has for that.
-module(certificates).

-export([write/2]).

-define(SUBJECT_ALT_NAME, {2, 5, 29, 17}).

%% Writes into Directory, as PEM: `ca.pem`, and of this authority NAME.pem and NAME.key for `node`, which is for the
%% host, `elsewhere`, which is for another, and `expired`; and `stranger` of an authority of its own.
-spec write(file:filename(), Host :: string()) -> ok.
write(Directory, Host) ->
    Root = root("tests"),
    Other = root("others"),
    Past = {validity, {{2020, 1, 1}, {2021, 1, 1}}},
    ok = write_pem(Directory, "ca.pem", [{'Certificate', maps:get(cert, Root), not_encrypted}]),
    ok = write_peer(Directory, "node", Root, Host, []),
    ok = write_peer(Directory, "elsewhere", Root, "elsewhere.invalid", []),
    ok = write_peer(Directory, "expired", Root, Host, [Past]),
    write_peer(Directory, "stranger", Other, Host, []).

%% RSA, as what public_key makes for elliptic curves is not signed as other libraries want it.
root(Name) ->
    public_key:pkix_test_root_cert(Name, [{digest, sha256}, {key, {rsa, 2048, 65537}}]).

%% With the key of its authority, since making keys takes a while.
write_peer(Directory, Name, Root, Host, Options) ->
    Extension = {'Extension', ?SUBJECT_ALT_NAME, false, [{dNSName, Host}]},
    Peer = [{extensions, [Extension]}, {digest, sha256}, {key, maps:get(key, Root)} | Options],
    Made = public_key:pkix_test_data(#{root => Root, peer => Peer}),
    {KeyType, Key} = proplists:get_value(key, Made),
    Certificate = proplists:get_value(cert, Made),
    ok = write_pem(Directory, Name ++ ".pem", [{'Certificate', Certificate, not_encrypted}]),
    write_pem(Directory, Name ++ ".key", [{KeyType, Key, not_encrypted}]).

write_pem(Directory, Name, Entries) ->
    file:write_file(filename:join(Directory, Name), public_key:pem_encode(Entries)).
