#include <stdio.h>
#include "cloud_tables.h"
#define T(x) do{const char*t_=(x);if(t_)printf("\"%s\"",t_);else printf("-");}while(0)
static void dv(const struct value*v){if(!v){printf("-");return;}switch(v->kind){case VALUE_BOOL:printf(v->boolean?"true":"false");break;case VALUE_NUMBER:printf("%g",v->number);break;case VALUE_STRING:printf("%.*s",(int)v->string.len,v->string.ptr);break;case VALUE_LIST:printf("[");for(size_t i=0;i<v->list.count;i++){dv(v->list.items[i]);printf(",");}printf("]");break;case VALUE_MAP:printf("{");for(size_t i=0;i<v->map.count;i++){printf("%.*s=",(int)v->map.entries[i].key.len,v->map.entries[i].key.ptr);dv(v->map.entries[i].value);printf(",");}printf("}");break;default:printf("?");}}
static void dts(const char*const*t){if(!t){printf("-");return;}for(;*t;t++)T(*t);}
static void d_cloud(const struct cloud_tables*r);
static void d_config(const struct config_row*r);
static void d_configuration_value(const struct prop_value*r);
static void d_scope(const struct scope_row*r);
static void d_auth(const struct auth_row*r);
static void d_params(const struct param_row*r);
static void d_base_urls(const struct base_url_row*r);
static void d_name_rule(const struct name_rule*r);
static void d_property(const struct prop*r);
static void d_item(const struct prop*r);
static void d_value(const struct prop_value*r);
static void d_operations(const struct operation*r);
static void d_query(const struct operation_query*r);
static void d_body(const struct operation_query*r);
static void d_functions(const struct function_row*r);
static void d_states(const struct state_row*r);
static void d_actions(const struct action_row*r);
static void d_status(const struct status_paths*r);
static void d_wait(const struct wait_policy*r);
static void d_retry(const struct retry_policy*r);
static void d_headers(const struct http_header*r);
static void d_errors(const struct error_shape*r);
static void d_failures(const struct failure_row*r);
static void d_cloud(const struct cloud_tables*r){printf("\n<cloud");
printf(" name=");T(r->name);

printf(" title=");T(r->title);T(r->service.title);


printf(" token=");T(r->token);




printf(" aliases=");dts(r->aliases);

printf(" config=");for(size_t i=0;i<r->config_count;i++)d_config(&r->config[i]);

printf(" scope=");for(size_t i=0;i<r->scope_count;i++)d_scope(&r->scope[i]);

printf(" auth=");for(size_t i=0;i<r->auth_count;i++)d_auth(&r->auth[i]);

printf(" params=");for(size_t i=0;i<r->param_count;i++)d_params(&r->params[i]);

printf(" base_urls=");for(size_t i=0;i<r->base_url_count;i++)d_base_urls(&r->base_urls[i]);

printf(" name_rule=");d_name_rule(&r->name_rule);

printf(" id_template=");T(r->id_template);
printf(" id_import=");T(r->id_import);
printf(" id_created=");dts(r->id_created);
printf(" id_help=");T(r->id_help);

printf(" props=");for(size_t i=0;i<r->props.count;i++)d_property(&r->props.rows[i]);


printf(" update_whole=");printf("%g",(double)r->update_whole);

printf(" operations=");for(size_t i=0;i<r->operation_count;i++)d_operations(&r->operations[i]);

printf(" functions=");for(size_t i=0;i<r->function_count;i++)d_functions(&r->functions[i]);

printf(" states=");for(size_t i=0;i<r->state_count;i++)d_states(&r->states[i]);

printf(" actions=");for(size_t i=0;i<r->action_count;i++)d_actions(&r->actions[i]);

printf(" status=");d_status(&r->status);

printf(" wait=");d_wait(&r->wait);

printf(" service.retry=");if(r->service.retry)d_retry(r->service.retry);

printf(" capacity_retry=");T(r->capacity_retry);

printf(" service.max_response_bytes=");printf("%g",(double)r->service.max_response_bytes);

printf(" service.headers=");for(size_t i=0;i<r->service.header_count;i++)d_headers(&r->service.headers[i]);

printf(" service.errors=");if(r->service.errors)d_errors(r->service.errors);

printf(" service.failures=");for(size_t i=0;i<r->service.failure_count;i++)d_failures(&r->service.failures[i]);

printf(" data=");dv(r->data);


printf(">");}
static void d_config(const struct config_row*r){printf("\n<config");
printf(" type=");printf("%u",(unsigned)r->type);

printf(" secret=");printf("%g",(double)r->secret);

printf(" url=");printf("%g",(double)r->url);

printf(" env=");dts(r->env);

printf(" files=");dts(r->files);

printf(" default_value=");T(r->default_value);

printf(" strip=");T(r->strip);

printf(" complete_end=");T(r->complete_end);
printf(" complete_with=");T(r->complete_with);

printf(" values=");for(size_t i=0;i<r->value_count;i++)d_configuration_value(&r->values[i]);

printf(" min=");printf("%g",(double)r->min);printf("%d",r->has_min);


printf(" key=");T(r->key);

printf(">");}
static void d_configuration_value(const struct prop_value*r){printf("\n<configuration value");
printf(" value=");T(r->value);

printf(">");}
static void d_scope(const struct scope_row*r){printf("\n<scope");
printf(" property=");T(r->property);

printf(" config=");T(r->config);

printf(" required=");printf("%g",(double)r->required);

printf(" shared_names=");printf("%g",(double)r->shared_names);

printf(">");}
static void d_auth(const struct auth_row*r){printf("\n<auth");
printf(" scheme=");T(r->scheme);

printf(" token=");T(r->token);

printf(" access_key=");T(r->access_key);

printf(" secret_key=");T(r->secret_key);

printf(" session_token=");T(r->session_token);

printf(" service=");T(r->service);

printf(" requires=");T(r->requires);

printf(" probe=");printf("%g",(double)r->probe);

printf(" one_family=");printf("%g",(double)r->one_family);

printf(">");}
static void d_params(const struct param_row*r){printf("\n<params");
printf(" config=");T(r->config);

printf(" name=");T(r->name);

printf(">");}
static void d_base_urls(const struct base_url_row*r){printf("\n<base_urls");
printf(" key=");T(r->key);

printf(" config=");T(r->config);

printf(" template=");T(r->template);

printf(" env=");T(r->env);

printf(">");}
static void d_name_rule(const struct name_rule*r){printf("\n<name_rule");
printf(" property=");T(r->property);

printf(" max_length=");printf("%g",(double)r->max_length);

printf(" alphabet=");T(r->alphabet);

printf(" lower_case=");printf("%g",(double)r->lower_case);

printf(" letter_first=");printf("%g",(double)r->letter_first);

printf(" single_separators=");printf("%g",(double)r->single_separators);

printf(" unique=");printf("%g",(double)r->unique);

printf(" reusable=");printf("%g",(double)r->reusable);

printf(">");}
static void d_property(const struct prop*r){printf("\n<property");
printf(" type=");printf("%u",(unsigned)r->type);

printf(" flags=");printf("%u",(unsigned)r->flags);

printf(" wire=");T(r->wire);

printf(" wire_in=");T(r->wire_in);

printf(" props=");for(size_t i=0;i<r->prop_count;i++)d_property(&r->props[i]);

printf(" item=");if(r->item)d_item(r->item);

printf(" default_value=");dv(r->default_value);

printf(" values=");for(size_t i=0;i<r->value_count;i++)d_value(&r->values[i]);

printf(" min=");printf("%g",(double)r->min);printf("%d",r->has_min);

printf(" max=");printf("%g",(double)r->max);printf("%d",r->has_max);

printf(" min_length=");printf("%g",(double)r->min_length);

printf(" max_length=");printf("%g",(double)r->max_length);

printf(" pattern=");T(r->pattern);

printf(" pattern_hint=");T(r->pattern_hint);

printf(" deprecated=");T(r->deprecated);

printf(" clear=");printf("%u",(unsigned)r->clear);

printf(" hidden=");dts(r->hidden);





printf(" name=");T(r->name);

printf(">");}
static void d_item(const struct prop*r){printf("\n<item");
printf(" type=");printf("%u",(unsigned)r->type);

printf(" flags=");printf("%u",(unsigned)r->flags);

printf(" wire=");T(r->wire);

printf(" wire_in=");T(r->wire_in);

printf(" props=");for(size_t i=0;i<r->prop_count;i++)d_property(&r->props[i]);

printf(" item=");if(r->item)d_item(r->item);

printf(" default_value=");dv(r->default_value);

printf(" values=");for(size_t i=0;i<r->value_count;i++)d_value(&r->values[i]);

printf(" min=");printf("%g",(double)r->min);printf("%d",r->has_min);

printf(" max=");printf("%g",(double)r->max);printf("%d",r->has_max);

printf(" min_length=");printf("%g",(double)r->min_length);

printf(" max_length=");printf("%g",(double)r->max_length);

printf(" pattern=");T(r->pattern);

printf(" pattern_hint=");T(r->pattern_hint);

printf(" deprecated=");T(r->deprecated);

printf(" clear=");printf("%u",(unsigned)r->clear);

printf(" hidden=");dts(r->hidden);





printf(" name=");T(r->name);

printf(">");}
static void d_value(const struct prop_value*r){printf("\n<value");
printf(" value=");T(r->value);

printf(" wire=");T(r->wire);

printf(" deprecated=");T(r->deprecated);


printf(">");}
static void d_operations(const struct operation*r){printf("\n<operations");
printf(" method=");T(r->method);

printf(" host=");T(r->host);

printf(" path=");T(r->path);

printf(" query=");for(size_t i=0;i<r->query_count;i++)d_query(&r->query[i]);

printf(" body=");for(size_t i=0;i<r->body_count;i++)d_body(&r->body[i]);

printf(" result=");T(r->result);

printf(" repeat=");printf("%u",(unsigned)r->repeat);

printf(" doing=");T(r->doing);

printf(" timeout_ms=");printf("%g",(double)r->timeout_ms);

printf(" unsigned_call=");printf("%g",(double)r->unsigned_call);

printf(" credential=");T(r->credential);

printf(" name=");T(r->name);

printf(">");}
static void d_query(const struct operation_query*r){printf("\n<query");
printf(" template=");T(r->template);

printf(" name=");T(r->name);printf("%d",r->optional);

printf(">");}
static void d_body(const struct operation_query*r){printf("\n<body");
printf(" template=");T(r->template);

printf(" name=");T(r->name);

printf(">");}
static void d_functions(const struct function_row*r){printf("\n<functions");
printf(" operation=");T(r->operation);


printf(" args=");for(size_t i=0;i<r->args.count;i++)d_property(&r->args.rows[i]);

printf(" results=");for(size_t i=0;i<r->results.count;i++)d_property(&r->results.rows[i]);

printf(" token=");T(r->token);

printf(">");}
static void d_states(const struct state_row*r){printf("\n<states");
printf(" class=");printf("%u",(unsigned)r->class);

printf(" word=");T(r->word);

printf(">");}
static void d_actions(const struct action_row*r){printf("\n<actions");
printf(" operation=");T(r->operation);

printf(" class=");printf("%u",(unsigned)r->class);

printf(" desired=");T(r->desired);

printf(">");}
static void d_status(const struct status_paths*r){printf("\n<status");
printf(" state=");T(r->state);

printf(" messages=");dts(r->messages);

printf(" ready_replicas=");T(r->ready_replicas);

printf(" target_replicas=");T(r->target_replicas);

printf(" created_at=");T(r->created_at);

printf(" name=");T(r->name);

printf(">");}
static void d_wait(const struct wait_policy*r){printf("\n<wait");
printf(" first_ms=");printf("%g",(double)r->first_ms);

printf(" factor=");printf("%g",(double)r->factor);

printf(" cap_ms=");printf("%g",(double)r->cap_ms);

printf(" create_ms=");printf("%g",(double)r->create_ms);

printf(" update_ms=");printf("%g",(double)r->update_ms);

printf(" delete_ms=");printf("%g",(double)r->delete_ms);

printf(" settle_ms=");printf("%g",(double)r->settle_ms);

printf(">");}
static void d_retry(const struct retry_policy*r){printf("\n<retry");
printf(" max_tries=");printf("%g",(double)r->max_tries);

printf(" base_ms=");printf("%g",(double)r->base_ms);

printf(" cap_ms=");printf("%g",(double)r->cap_ms);

printf(" max_retry_after_ms=");printf("%g",(double)r->max_retry_after_ms);

printf(">");}
static void d_headers(const struct http_header*r){printf("\n<headers");
printf(" value=");printf("%.*s",(int)r->value.len,r->value.ptr);

printf(" name=");printf("%.*s",(int)r->name.len,r->name.ptr);

printf(">");}
static void d_errors(const struct error_shape*r){printf("\n<errors");
printf(" code=");dts(r->code);

printf(" message=");dts(r->message);

printf(" details=");dts(r->details);

printf(" request_id=");dts(r->request_id);

printf(" request_id_headers=");dts(r->request_id_headers);

printf(" message_headers=");dts(r->message_headers);

printf(" code_headers=");dts(r->code_headers);

printf(" failure_in_success=");dts(r->failure_in_success);

printf(">");}
static void d_failures(const struct failure_row*r){printf("\n<failures");
printf(" status_min=");printf("%d-%d",r->status_min,r->status_max);

printf(" code=");T(r->code);

printf(" text=");T(r->text);

printf(" operation=");T(r->operation);

printf(" class=");printf("%u",(unsigned)r->class);

printf(" hint=");T(r->hint);

printf(">");}
int main(void){const struct cloud_tables*a[]={&ark_tables,&hf_tables,&maas_tables,&tir_tables};for(int i=0;i<4;i++)d_cloud(a[i]);return 0;}