-- Confirms: each line of the file named by the argument is a token, used once; every thread takes its share of them.
-- The second argument tells how many threads there are.

dofile((debug.getinfo(1, "S").source:match("^@(.*/)") or "") .. "base.lua")

function init(args)
  tokens, at = {}, 0
  local line = 0
  for token in io.lines(args[1]) do
    line = line + 1
    if line % tonumber(args[2]) == number % tonumber(args[2]) then tokens[#tokens + 1] = token end
  end
end

function request()
  at = at % #tokens + 1
  return wrk.format("POST", "/confirm/" .. tokens[at] .. "/", form_headers, "")
end
