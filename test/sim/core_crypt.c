/* SPDX-License-Identifier: MIT */
/* Digests, and the certificates that the simulator makes for itself at each start. The only file that includes GnuTLS. */
#include "core.h"

#include <gnutls/crypto.h>
#include <gnutls/gnutls.h>
#include <gnutls/x509.h>
#include <stdlib.h>
#include <time.h>

void sim_sha256(uint8_t out[32], const void *p, size_t size) { (void)gnutls_hash_fast(GNUTLS_DIG_SHA256, p, size, out); }

void sim_hmac_sha1(uint8_t out[20], const char *key, const void *p, size_t size)
{
    (void)gnutls_hmac_fast(GNUTLS_MAC_SHA1, key, strlen(key), p, size, out);
}

void sim_hmac_sha256(uint8_t out[32], const char *key, const void *p, size_t size)
{
    (void)gnutls_hmac_fast(GNUTLS_MAC_SHA256, key, strlen(key), p, size, out);
}

const char *sim_digest(sim_arena *arena, const char *secret)
{
    uint8_t digest[32];
    char *out = sim_alloc(arena, 17);

    sim_sha256(digest, secret, strlen(secret));
    sim_hex(out, digest, 8);
    return out;
}

typedef struct crypt_pair {
    gnutls_x509_crt_t cert;
    gnutls_x509_privkey_t key;
} crypt_pair;

static int crypt_begin(crypt_pair *pair, const char *name)
{
    uint8_t serial[8] = { 0 };
    time_t now = time(NULL);
    int rc;

    if ((rc = gnutls_x509_crt_init(&pair->cert)) < 0 || (rc = gnutls_x509_privkey_init(&pair->key)) < 0) return rc;
    if ((rc = gnutls_x509_privkey_generate(pair->key, GNUTLS_PK_EC, GNUTLS_CURVE_TO_BITS(GNUTLS_ECC_CURVE_SECP256R1), 0)) < 0) return rc;
    if ((rc = gnutls_rnd(GNUTLS_RND_NONCE, serial + 1, sizeof serial - 1)) < 0) return rc;
    serial[0] = 1;
    (void)gnutls_x509_crt_set_version(pair->cert, 3);
    (void)gnutls_x509_crt_set_serial(pair->cert, serial, sizeof serial);
    /* the peer checks these against its own clock, so they follow the machine's clock and not --now */
    (void)gnutls_x509_crt_set_activation_time(pair->cert, now - 86400);
    (void)gnutls_x509_crt_set_expiration_time(pair->cert, now + 366 * 86400);
    (void)gnutls_x509_crt_set_dn_by_oid(pair->cert, GNUTLS_OID_X520_COMMON_NAME, 0, name, (unsigned)strlen(name));
    return gnutls_x509_crt_set_key(pair->cert, pair->key);
}

static int crypt_authority(crypt_pair *ca)
{
    int rc;

    if ((rc = crypt_begin(ca, "adsim authority")) < 0) return rc;
    (void)gnutls_x509_crt_set_basic_constraints(ca->cert, 1, 0);
    (void)gnutls_x509_crt_set_key_usage(ca->cert, GNUTLS_KEY_KEY_CERT_SIGN | GNUTLS_KEY_CRL_SIGN);
    return gnutls_x509_crt_sign2(ca->cert, ca->cert, ca->key, GNUTLS_DIG_SHA256, 0);
}

static int crypt_names(gnutls_x509_crt_t cert)
{
    static const unsigned char loopback[] = { 127, 0, 0, 1 };
    int rc = gnutls_x509_crt_set_subject_alt_name(cert, GNUTLS_SAN_DNSNAME, "localhost", 9, GNUTLS_FSAN_SET);

    if (rc >= 0) rc = gnutls_x509_crt_set_subject_alt_name(cert, GNUTLS_SAN_IPADDRESS, loopback, 4, GNUTLS_FSAN_APPEND);
    for (const sim_platform *const *p = sim_platforms(); *p && rc >= 0; p++) {
        for (const char *const *host = (*p)->hosts; *host && rc >= 0; host++)
            rc = gnutls_x509_crt_set_subject_alt_name(cert, GNUTLS_SAN_DNSNAME, *host, (unsigned)strlen(*host), GNUTLS_FSAN_APPEND);
    }
    return rc;
}

static int crypt_server(crypt_pair *server, crypt_pair *ca)
{
    unsigned char id[64];
    size_t size = sizeof id;
    int rc;

    if ((rc = crypt_begin(server, "adsim")) < 0 || (rc = crypt_names(server->cert)) < 0) return rc;
    (void)gnutls_x509_crt_set_basic_constraints(server->cert, 0, -1);
    (void)gnutls_x509_crt_set_key_usage(server->cert, GNUTLS_KEY_DIGITAL_SIGNATURE);
    (void)gnutls_x509_crt_set_key_purpose_oid(server->cert, GNUTLS_KP_TLS_WWW_SERVER, 0);
    /* strict verifiers look for both key identifiers */
    if ((rc = gnutls_x509_crt_get_key_id(ca->cert, 0, id, &size)) < 0) return rc;
    (void)gnutls_x509_crt_set_authority_key_id(server->cert, id, size);
    return gnutls_x509_crt_sign2(server->cert, ca->cert, ca->key, GNUTLS_DIG_SHA256, 0);
}

static int crypt_subject_id(crypt_pair *pair)
{
    unsigned char id[64];
    size_t size = sizeof id;
    int rc = gnutls_x509_crt_get_key_id(pair->cert, 0, id, &size);

    return rc < 0 ? rc : gnutls_x509_crt_set_subject_key_id(pair->cert, id, size);
}

static char *crypt_text(const gnutls_datum_t *pem)
{
    char *out = sim_need(malloc(pem->size + 1));

    memcpy(out, pem->data, pem->size);
    out[pem->size] = 0;
    return out;
}

static int crypt_export(sim_world *sim, crypt_pair *ca, crypt_pair *server)
{
    gnutls_datum_t pem = { 0 };
    int rc;

    if ((rc = gnutls_x509_crt_export2(ca->cert, GNUTLS_X509_FMT_PEM, &pem)) < 0) return rc;
    sim->ca = crypt_text(&pem);
    gnutls_free(pem.data);
    if ((rc = gnutls_x509_crt_export2(server->cert, GNUTLS_X509_FMT_PEM, &pem)) < 0) return rc;
    sim->cert = crypt_text(&pem);
    gnutls_free(pem.data);
    if ((rc = gnutls_x509_privkey_export2(server->key, GNUTLS_X509_FMT_PEM, &pem)) < 0) return rc;
    sim->key = crypt_text(&pem);
    gnutls_free(pem.data);
    return 0;
}

const char *sim_certificates(sim_world *sim)
{
    crypt_pair ca = { 0 }, server = { 0 };
    int rc = crypt_authority(&ca);

    if (rc >= 0) rc = crypt_subject_id(&ca);
    if (rc >= 0) rc = gnutls_x509_crt_sign2(ca.cert, ca.cert, ca.key, GNUTLS_DIG_SHA256, 0);
    if (rc >= 0) rc = crypt_server(&server, &ca);
    if (rc >= 0) rc = crypt_export(sim, &ca, &server);
    gnutls_x509_crt_deinit(ca.cert);
    gnutls_x509_privkey_deinit(ca.key);
    gnutls_x509_crt_deinit(server.cert);
    gnutls_x509_privkey_deinit(server.key);
    return rc < 0 ? gnutls_strerror(rc) : NULL;
}
