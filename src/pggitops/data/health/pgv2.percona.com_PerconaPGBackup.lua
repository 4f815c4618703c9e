local status = obj.status or {}
local state = status.state or ""
if state == "Succeeded" then
  return { status = "Healthy", message = status.backupName or state }
end
if state == "Failed" then
  return { status = "Degraded", message = status.error or state }
end
return { status = "Progressing", message = state ~= "" and state or "the operator has not started the backup yet" }
