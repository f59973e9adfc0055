# What the executor's token may do with the signing key: bring a deleted version back, delete it again (Undo), and write the
# key where there is none. It can neither read the key nor write over it. Give the token this policy and "default":
#
#   vault policy write hotswap-bot-fix deploy/vault-fix-policy.hcl
#   vault token create -orphan -policy=hotswap-bot-fix -period=768h
#
# Change "secret" and "hotswap" where the key lives elsewhere. Leave it out, and no fix changes anything in Vault.

path "secret/metadata/hotswap/*" {
  capabilities = ["read"]
}

path "secret/undelete/hotswap/*" {
  capabilities = ["update"]
}

path "secret/delete/hotswap/*" {
  capabilities = ["update"]
}

path "secret/data/hotswap/*" {
  capabilities = ["create"]
}
