-- The operator knows no failed cluster: one that cannot start stays "initializing", and so stays Progressing here.
local status = obj.status or {}
local state = status.state or ""
if state == "" then
  return { status = "Progressing", message = "the operator has not reported a state yet" }
end
if status.observedGeneration ~= obj.metadata.generation then
  return { status = "Progressing", message = "the operator has not seen the newest spec yet" }
end

local postgres = status.postgres or {}
local message = state .. ", " .. (postgres.ready or 0) .. " of " .. (postgres.size or 0) .. " instances ready"
if state == "ready" then
  return { status = "Healthy", message = message }
end
if state == "paused" then
  -- A wanted pause must not be Suspended: a sync in waves would wait for its end.
  local wanted = obj.spec ~= nil and obj.spec.pause == true
  return { status = wanted and "Healthy" or "Suspended", message = message }
end
return { status = "Progressing", message = message }
