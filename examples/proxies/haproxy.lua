-- Asks Portcullis whether the client of a request may pass, and adds what it tells of the client to the request.
--
-- Afterwards the variable txn.portcullis_passes is true if it may, and txn.portcullis_status says why not.

local socket = "unix@/run/portcullis/auth.sock"
local timeout_in_milliseconds = 5000

-- An RFC 8941 byte sequence.
local function byte_sequence(txn, octets)
    return ":" .. txn.c:base64(octets) .. ":"
end

core.register_action("portcullis", { "http-req" }, function(txn)
    txn:set_var("txn.portcullis_passes", false)

    -- From the handshake, never from a header. Without certificate there is no header.
    local headers = {}
    local certificate = txn.f:ssl_c_der()
    if certificate and #certificate > 0 then
        headers["client-cert"] = { byte_sequence(txn, certificate) }
        local chain = txn.f:ssl_c_chain_der()
        if chain and #chain > 0 then
            headers["client-cert-chain"] = { byte_sequence(txn, chain) }
        end
    end

    local client = core.httpclient()
    local response = client:get {
        url = "http://portcullis/",
        dst = socket,
        headers = headers,
        timeout = timeout_in_milliseconds,
    }
    if not response or not response.headers then
        return
    end
    for name, values in pairs(response.headers) do
        if name == "x-portcullis-status" then
            txn:set_var("txn.portcullis_status", values[0])
        elseif response.status == 200 and name:find("x-amzn-mtls-", 1, true) == 1 then
            txn.http:req_set_header(name, values[0])
        end
    end
    txn:set_var("txn.portcullis_passes", response.status == 200)
end)
