local state = (obj.status or {}).state or ""
if state == "Succeeded" then
  return { status = "Healthy", message = state }
end
if state == "Failed" then
  return { status = "Degraded", message = state }
end
return { status = "Progressing", message = state ~= "" and state or "the operator has not started the restore yet" }
