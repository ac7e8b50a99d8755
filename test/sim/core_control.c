/* SPDX-License-Identifier: MIT */
/* The control port: POST /control with {"op":...}. Everything a test may do to the world that a client cannot. */
#include "site.h"

typedef const char *control_fn(sim_world *sim, const sim_json *command, sim_text *out); /* NULL, or what was wrong */

typedef struct control_entry {
    const char *op;
    control_fn *act;
} control_entry;

static const char *control_fault_add(sim_world *sim, const sim_json *command, sim_text *out)
{
    int64_t id = 0;
    const char *wrong = sim_fault_add(sim, command, &id);

    if (!wrong) sim_json_pair_int(out, "id", id);
    return wrong;
}

static const char *control_fault_clear(sim_world *sim, const sim_json *command, sim_text *out)
{
    (void)out;
    return sim_fault_remove(sim, sim_json_int(command, "id", 0)) ? NULL : "no such fault";
}

static const char *control_fault_list(sim_world *sim, const sim_json *command, sim_text *out)
{
    (void)command;
    sim_json_key(out, "faults");
    sim_fault_list(sim, out);
    return NULL;
}

static const char *control_now_set(sim_world *sim, const sim_json *command, sim_text *out)
{
    int64_t now;

    if (!sim_time_read(sim_json_str(command, "now", ""), &now)) return "now must be a time";
    sim_now_set(sim, now);
    sim_json_pair_int(out, "now", now);
    return NULL;
}

static const char *control_now_advance(sim_world *sim, const sim_json *command, sim_text *out)
{
    sim_now_set(sim, sim_now(sim) + sim_json_int(command, "seconds", 0));
    sim_json_pair_int(out, "now", sim_now(sim));
    return NULL;
}

static const char *control_set(sim_world *sim, const sim_json *command, sim_text *out)
{
    const char *value = sim_json_str(command, "value", NULL);

    (void)out;
    if (!value) return "value is missing";
    if (!strcmp(value, "true") || !strcmp(value, "false")) value = *value == 't' ? "1" : "0";
    return sim_option_set(sim, sim_json_str(command, "name", ""), value);
}

static const char *control_stats(sim_world *sim, const sim_json *command, sim_text *out)
{
    (void)command;
    sim_json_pair_int(out, "now", sim_now(sim));
    sim_json_pair_int(out, "requests", sim->stats.requests);
    sim_json_pair_int(out, "refused", sim->stats.refused);
    sim_json_pair_int(out, "faults", sim->stats.faults);
    sim_json_pair_int(out, "rows", sim->stats.rows);
    sim_json_pair_int(out, "bytes_out", sim->stats.bytes_out);
    sim_json_pair_int(out, "connections", sim->stats.connections);
    sim_json_pair_int(out, "most_at_once", sim->stats.most_at_once);
    sim->stats.most_at_once = sim->stats.at_once;
    return NULL;
}

static const char *control_limits_clear(sim_world *sim, const sim_json *command, sim_text *out)
{
    (void)command;
    (void)out;
    sim_windows_clear(sim);
    return NULL;
}

static const char *control_truth(sim_world *sim, const sim_json *command, sim_text *out)
{
    const char *wrong = NULL;

    (void)sim_truth_text(sim, command, out, &wrong);
    return wrong;
}

static const char *control_shutdown(sim_world *sim, const sim_json *command, sim_text *out)
{
    (void)command;
    (void)out;
    sim->stop = true;
    return NULL;
}

static const control_entry control_table[] = {
    { "fault.add", control_fault_add }, { "fault.clear", control_fault_clear },   { "fault.list", control_fault_list },
    { "now.set", control_now_set },     { "now.advance", control_now_advance },   { "set", control_set },
    { "stats", control_stats },         { "limits.clear", control_limits_clear }, { "truth", control_truth },
    { "shutdown", control_shutdown },
};

static const char *control_do(sim_world *sim, const sim_json *command, sim_text *out)
{
    const char *op = sim_json_str(command, "op", ""), *wrong;

    for (size_t i = 0; i < SIM_COUNT(control_table); i++) {
        if (!strcmp(control_table[i].op, op)) return control_table[i].act(sim, command, out);
    }
    wrong = sim_site_control(sim, command, out);
    return wrong && !*wrong ? "no such op" : wrong;
}

void sim_control(sim_world *sim, const sim_request *request, sim_answer *answer)
{
    const sim_json *command = sim_json_parse(request->arena, request->body, request->body_size);
    const char *wrong = "POST a JSON object to /control";

    answer->type = "application/json";
    sim_puts(&answer->body, "{");
    if (!strcmp(request->path, "/control") && !strcmp(request->method, "POST") && command && command->kind == 'o')
        wrong = control_do(sim, command, &answer->body);
    if (wrong) {
        answer->status = 400;
        sim_clear(&answer->body);
        sim_puts(&answer->body, "{");
        sim_json_pair(&answer->body, "wrong", wrong);
    }
    sim_puts(&answer->body, "}\n");
}
