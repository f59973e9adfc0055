# What the bot's reading token may do: see whether the signing key exists, its version and whether it was deleted, and
# nothing of its value. Give the token this policy and "default":
#
#   vault policy write hotswap-bot deploy/vault-policy.hcl
#   vault token create -orphan -policy=hotswap-bot -period=768h
#
# Seal state and health need no token. Change "secret" and "hotswap" where the key lives elsewhere.

path "secret/metadata/hotswap/*" {
  capabilities = ["read"]
}

# The version of the key/value engine.
path "sys/internal/ui/mounts/secret" {
  capabilities = ["read"]
}

# Where the mount is of version 1, which has no metadata: the names below the folder.
path "secret/hotswap/" {
  capabilities = ["list"]
}
