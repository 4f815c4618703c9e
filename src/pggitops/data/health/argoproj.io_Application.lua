-- Argo CD itself holds every Application for done at once, so the waves of an Application of Applications order nothing.
local status = obj.status or {}
if status.health == nil or status.health.status == nil then
  return { status = "Progressing", message = "not reconciled yet" }
end

-- The health of what ran before says nothing about what the Application asks for now.
local sync = status.sync or {}
local compared = (sync.comparedTo or {}).source or {}
local source = obj.spec.source or compared
for _, key in ipairs({ "repoURL", "path", "targetRevision" }) do
  if compared[key] ~= source[key] then
    return { status = "Progressing", message = key .. " is not the one compared with yet" }
  end
end
local operation = status.operationState or {}
if operation.phase == "Running" then
  return { status = "Progressing", message = operation.message or "syncing" }
end
if obj.operation ~= nil then
  return { status = "Progressing", message = "about to sync" }
end
if sync.status == "OutOfSync" and (operation.phase == "Failed" or operation.phase == "Error") then
  return { status = "Degraded", message = operation.message or "the last sync failed" }
end
return { status = status.health.status, message = status.health.message or "" }
