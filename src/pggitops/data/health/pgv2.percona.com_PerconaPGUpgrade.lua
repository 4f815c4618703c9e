local status = obj.status or {}
if status.observedGeneration ~= obj.metadata.generation then
  return { status = "Progressing", message = "the operator has not seen the newest spec yet" }
end

-- "Progressing" is False also while the upgrade waits (for the cluster to stop, say): only these reasons are final.
local final = {
  PGUpgradeInvalid = "Degraded",
  PGUpgradeInvalidForCluster = "Degraded",
  PGUpgradeResolved = "Healthy",
}
local health = { status = "Progressing", message = "the operator has not started the upgrade yet" }
for _, condition in ipairs(status.conditions or {}) do
  local message = condition.message or condition.reason
  if condition.type == "Succeeded" and condition.status == "True" then
    return { status = "Healthy", message = message }
  end
  if condition.type == "Succeeded" and condition.status == "False" then
    return { status = "Degraded", message = message }
  end
  if condition.type == "Progressing" then
    health = { status = final[condition.reason] or "Progressing", message = message }
  end
end
return health
