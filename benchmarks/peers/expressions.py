"""What violates each rule, as tools with a language of expressions write it."""

from __future__ import annotations

_HOSTS = '"ecs", "cloud_web_hosting", "simple_application_server", "ens"'


def violations(both: str, either: str, negation: str, hundred: str = "100") -> dict[str, str]:
    """The conditions, with the words of a language for `and`, `or` and `not`, and its number for the least order."""
    return {
        "mainland-region": f'service_type in [{_HOSTS}, "iot_studio"] {both}'
        f' {negation}(region in ["cn-hangzhou", "cn-beijing", "cn-shanghai", "cn-shenzhen"])',
        "months-enough": f'service_type in [{_HOSTS}, "linkedmall"] {both} subscription_months < 3',
        "bandwidth-bought": f'service_type == "ecs" {both} {negation}has_bandwidth_plan',
        "prepaid": f'service_type == "ecs" {both} charge_type == "PostPaid"',
        "server-bought": f'service_type == "simple_application_server" {both} {negation}server_instance_purchased',
        "order-enough": f'service_type in ["linkedmall", "iot_studio"] {both} order_amount < {hundred}',
        "higher-edition": f'service_type == "iot_studio" {both} {negation}(edition in ["Enterprise", "Ultimate"])',
        "number-left": f"(service_type in [{_HOSTS}] {both} used_service_numbers >= 5)"
        f' {either} (service_type == "linkedmall" {both} used_service_numbers >= 2)'
        f' {either} (service_type == "iot_studio" {both} used_service_numbers >= 1)',
        "expiry-far": "days_to_expiry < 30",
        "not-expired": "days_to_expiry < 0",
    }
