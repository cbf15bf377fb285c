//! Journeys through the real window: webview, access control, keychain, disk and all.

mod leaks;
mod live;
mod practice;
mod window;
