//! Calls under way: each is a promise, some can be cancelled by a number that the façade chose.

use std::{cell::RefCell, collections::BTreeMap, future::Future, rc::Rc};

use futures_util::future::{AbortHandle, abortable};
use js_sys::Promise;
use logto_management_core::Error;
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::future_to_promise;

/// What a failed call rejects with: the core's JSON of the error, as a string. The façade makes the object.
pub(crate) fn rejection(error: &Error) -> JsValue {
    JsValue::from_str(&error.to_json())
}

/// The calls of one engine that can be cancelled.
#[derive(Clone, Debug, Default)]
pub(crate) struct Calls(Rc<RefCell<BTreeMap<u32, AbortHandle>>>);

impl Calls {
    /// Runs a call to its end, or until [`cancel`](Self::cancel) is called with its number: then its future is dropped, and with that its
    /// request is aborted, and the promise rejects with `undefined`. 0 is no number.
    pub(crate) fn run(
        &self,
        number: u32,
        call: impl Future<Output = Result<JsValue, Error>> + 'static,
    ) -> Promise {
        if number == 0 {
            return future_to_promise(async { call.await.map_err(|error| rejection(&error)) });
        }
        let (call, handle) = abortable(call);
        self.0.borrow_mut().insert(number, handle);
        let calls = self.clone();
        future_to_promise(async move {
            let result = call.await;
            calls.0.borrow_mut().remove(&number);
            match result {
                Ok(result) => result.map_err(|error| rejection(&error)),
                Err(_) => Err(JsValue::UNDEFINED),
            }
        })
    }

    /// Cancels a call, if it is still under way.
    pub(crate) fn cancel(&self, number: u32) {
        let handle = self.0.borrow_mut().remove(&number);
        if let Some(handle) = handle {
            handle.abort();
        }
    }

    /// Cancels all of them.
    pub(crate) fn cancel_all(&self) {
        let handles = std::mem::take(&mut *self.0.borrow_mut());
        handles.into_values().for_each(|handle| handle.abort());
    }
}
