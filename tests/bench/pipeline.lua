-- SPDX-License-Identifier: MIT
-- wrk -s pipeline.lua URL -- DEPTH: so many requests leave together, in one write.
local batch

function init(args)
    batch = string.rep(wrk.format(), tonumber(args[1]))
end

function request()
    return batch
end
