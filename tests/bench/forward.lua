-- SPDX-License-Identifier: MIT
-- wrk -s forward.lua PROXY -- HOST:PORT: asks a forward proxy for http://HOST:PORT/.
-- There is no request() here, so wrk prepares the octets once.
function init(args)
    wrk.path = "http://" .. args[1] .. "/"
    wrk.headers["Host"] = args[1]
end
