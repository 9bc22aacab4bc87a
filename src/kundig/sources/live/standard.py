"""The names that Segment's specifications give to events of a shop, of software for companies, and of an app."""

from __future__ import annotations

from collections.abc import Mapping

from kundig.sources.live.naming import Named, named

_PRODUCT = ("product_id", "sku", "name")
_ORDER = ("order_id", "checkout_id")
_CART = ("cart_id", "checkout_id")
_MONEY = ("revenue", "total", "value")

SHOP: Mapping[str, Named] = {
    "Products Searched": named(kind="visit", touchpoint="shop.search"),
    "Product List Viewed": named(kind="visit", touchpoint="shop.list"),
    "Product List Filtered": named(kind="visit", touchpoint="shop.list"),
    "Promotion Viewed": named(kind="visit", touchpoint="shop.promotion"),
    "Promotion Clicked": named(kind="visit", touchpoint="shop.promotion"),
    "Product Clicked": named(kind="visit", touchpoint="shop.product", product=_PRODUCT),
    "Product Viewed": named(kind="visit", touchpoint="shop.product", product=_PRODUCT),
    "Product Added": named(kind="cart", touchpoint="shop.cart", product=_PRODUCT, quantity="quantity", case_id=_CART),
    "Product Removed": named(kind="cart", touchpoint="shop.cart", product=_PRODUCT, case_id=_CART),
    "Cart Viewed": named(kind="cart", touchpoint="shop.cart", case_id=_CART),
    "Checkout Started": named(kind="checkout", touchpoint="shop.checkout", case_id=_ORDER, amount=_MONEY),
    "Checkout Step Viewed": named(kind="checkout", touchpoint="shop.checkout", case_id=_ORDER),
    "Checkout Step Completed": named(kind="checkout", touchpoint="shop.checkout", case_id=_ORDER),
    "Payment Info Entered": named(kind="checkout", touchpoint="shop.checkout", case_id=_ORDER),
    "Order Completed": named(kind="order", touchpoint="shop.order", case_id=_ORDER, amount=("total", "revenue", "value")),
    "Order Updated": named(kind="order_updated", touchpoint="shop.order", case_id=_ORDER),
    "Order Refunded": named(kind="return", touchpoint="shop.refund", case_id=_ORDER, amount=("total", "revenue", "value")),
    "Order Cancelled": named(kind="order_cancelled", touchpoint="shop.order", case_id=_ORDER, outcome="lost"),
    "Coupon Entered": named(kind="coupon", touchpoint="shop.coupon", case_id=_ORDER),
    "Coupon Applied": named(kind="coupon", touchpoint="shop.coupon", case_id=_ORDER),
    "Coupon Denied": named(kind="coupon", touchpoint="shop.coupon", case_id=_ORDER, outcome="failed"),
    "Coupon Removed": named(kind="coupon", touchpoint="shop.coupon", case_id=_ORDER),
    "Product Added to Wishlist": named(kind="wishlist", touchpoint="shop.wishlist", product=_PRODUCT),
    "Product Removed from Wishlist": named(kind="wishlist", touchpoint="shop.wishlist", product=_PRODUCT),
    "Wishlist Product Added to Cart": named(kind="cart", touchpoint="shop.cart", product=_PRODUCT, quantity="quantity", case_id=_CART),
    "Product Shared": named(kind="share", touchpoint="shop.share", product=_PRODUCT),
    "Cart Shared": named(kind="share", touchpoint="shop.share", case_id=_CART),
    "Product Reviewed": named(kind="feedback", touchpoint="shop.review", metric="stars", score="rating", text="review_body", product=_PRODUCT),
}
"""Version 2 of the specification of shops. A cancelled order is a kind of its own: `cancellation` ends a contract."""

SOFTWARE: Mapping[str, Named] = {
    "Account Created": named(kind="lead", touchpoint="account.signup"),
    "Account Deleted": named(kind="cancellation", touchpoint="account.deletion"),
    "Account Added User": named(kind="milestone", touchpoint="account.users"),
    "Account Removed User": named(kind="milestone", touchpoint="account.users"),
    "Signed Up": named(kind="lead", touchpoint="account.signup"),
    "Signed In": named(kind="usage", touchpoint="account.login"),
    "Signed Out": named(kind="usage", touchpoint="account.login"),
    "Invite Sent": named(kind="usage", touchpoint="account.invitation"),
    "Trial Started": named(kind="milestone", touchpoint="account.trial", outcome="started"),
    "Trial Ended": named(kind="milestone", touchpoint="account.trial", outcome="ended"),
}
"""The specification of software for companies."""

APP: Mapping[str, Named] = {
    "Application Installed": named(kind="milestone", touchpoint="app.installation", channel="app"),
    "Application Opened": named(kind="usage", touchpoint="app", channel="app"),
    "Application Updated": named(kind="milestone", touchpoint="app.update", channel="app"),
    "Application Backgrounded": named(kind="usage", touchpoint="app", channel="app"),
    "Application Crashed": named(kind="crash", touchpoint="app", channel="app", outcome="failed"),
    "Application Uninstalled": named(kind="milestone", touchpoint="app.installation", channel="app", outcome="ended"),
}

CALLS: Mapping[str, Named] = {
    "page": named(kind="visit", touchpoint="web", channel="web"),
    "screen": named(kind="visit", touchpoint="app", channel="app"),
}
"""Calls that have no name of an event. `page: Pricing` in the configuration is the page of that name."""

STANDARD: Mapping[str, Named] = {**SHOP, **SOFTWARE, **APP, **CALLS}
