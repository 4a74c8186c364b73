//! Node's own event loop as the driver of a thread's calls.
//!
//! libuv waits for the descriptor of the [`Runtime`] beside all else that it waits for. So JavaScript's thread writes a request when the call is made, sleeps once, and reads the answer: no other thread is woken
//! for it, and none wakes this one.
//!
//! Only Node has libuv. Its functions are looked up when they are needed: an addon that was linked to them could not be loaded anywhere else. Windows has no descriptor to wait for.

use std::{
    cell::Cell,
    ffi::{c_int, c_uint, c_void},
    os::fd::AsRawFd,
    ptr,
    sync::Arc,
    thread::{self, ThreadId},
    time::Instant,
};

use libloading::os::unix::Library;
use logto_management_local::Runtime;
use napi::{Env, Result, check_status, sys};

use crate::port::Queue;

type Handle = *mut c_void;
type Loop = *mut sys::uv_loop_s;
type OnPoll = unsafe extern "C" fn(Handle, c_int, c_int);
type OnHandle = unsafe extern "C" fn(Handle);

/// `uv_handle_type` and `uv_poll_event`: a part of libuv's interface that holds for all of its version 1.
const UV_POLL: c_uint = 8;
const UV_TIMER: c_uint = 13;
const UV_READABLE: c_int = 1;

/// What of libuv is used.
struct Uv {
    handle_size: unsafe extern "C" fn(c_uint) -> usize,
    set_data: unsafe extern "C" fn(Handle, *mut c_void),
    poll_init: unsafe extern "C" fn(Loop, Handle, c_int) -> c_int,
    poll_start: unsafe extern "C" fn(Handle, c_int, OnPoll) -> c_int,
    timer_init: unsafe extern "C" fn(Loop, Handle) -> c_int,
    timer_start: unsafe extern "C" fn(Handle, OnHandle, u64, u64) -> c_int,
    reference: unsafe extern "C" fn(Handle),
    unreference: unsafe extern "C" fn(Handle),
    close: unsafe extern "C" fn(Handle, Option<OnHandle>),
}

impl Uv {
    /// Those of this process, if it has them.
    fn find() -> Option<Self> {
        let process = Library::this();
        // The types are those of libuv's documentation.
        unsafe {
            Some(Self {
                handle_size: *process.get(b"uv_handle_size\0").ok()?,
                set_data: *process.get(b"uv_handle_set_data\0").ok()?,
                poll_init: *process.get(b"uv_poll_init\0").ok()?,
                poll_start: *process.get(b"uv_poll_start\0").ok()?,
                timer_init: *process.get(b"uv_timer_init\0").ok()?,
                timer_start: *process.get(b"uv_timer_start\0").ok()?,
                reference: *process.get(b"uv_ref\0").ok()?,
                unreference: *process.get(b"uv_unref\0").ok()?,
                close: *process.get(b"uv_close\0").ok()?,
            })
        }
    }
}

/// A runtime that JavaScript's thread drives, in its event loop.
pub(crate) struct EventLoop {
    uv: Uv,
    /// Watches the runtime's descriptor. It keeps the process alive while calls are under way.
    poll: Handle,
    /// Waits for the runtime's next timer.
    timer: Handle,
    /// For when that is set.
    armed: Cell<Option<Instant>>,
    pub(crate) runtime: Runtime,
    env: sys::napi_env,
    /// JavaScript's function that takes what calls came to.
    receive: sys::napi_ref,
    context: sys::napi_async_context,
    /// The thread comes to its end, and so many of the two handles are still there.
    ended: Cell<bool>,
    handles: Cell<u8>,
    /// What Node is told when none is.
    ending: Cell<sys::napi_async_cleanup_hook_handle>,
    thread: ThreadId,
}

// It is a part of what tasks hold, and tasks may be woken from anywhere. What is not of the runtime is touched on JavaScript's thread alone: it looks where it is.
unsafe impl Send for EventLoop {}
unsafe impl Sync for EventLoop {}

impl EventLoop {
    /// The loop of this thread; nothing where there is none that could be used. [`attach`](Self::attach) comes next.
    pub(crate) fn of(env: &Env, receive: sys::napi_value) -> Result<Option<Self>> {
        let mut uv_loop = ptr::null_mut();
        let found = unsafe { sys::napi_get_uv_event_loop(env.raw(), &raw mut uv_loop) };
        let (sys::Status::napi_ok, Some(uv), Ok(runtime)) = (found, Uv::find(), Runtime::new()) else {
            return Ok(None);
        };
        let (poll, timer) = (allocate(&uv, UV_POLL), allocate(&uv, UV_TIMER));
        let (mut receive_ref, mut context) = (ptr::null_mut(), ptr::null_mut());
        unsafe {
            // It fails where the descriptor is none that the system can wait for.
            if (uv.poll_init)(uv_loop, poll, runtime.as_raw_fd()) != 0 {
                free(&uv, poll, UV_POLL);
                free(&uv, timer, UV_TIMER);
                return Ok(None);
            }
            // It never fails.
            (uv.timer_init)(uv_loop, timer);
            (uv.unreference)(poll);
            (uv.unreference)(timer);
            let name = env.create_string("logto-management")?;
            check_status!(sys::napi_async_init(
                env.raw(),
                ptr::null_mut(),
                napi::JsValue::raw(&name),
                &raw mut context
            ))?;
            check_status!(sys::napi_create_reference(env.raw(), receive, 1, &raw mut receive_ref))?;
        }
        Ok(Some(Self {
            uv,
            poll,
            timer,
            armed: Cell::new(None),
            runtime,
            env: env.raw(),
            receive: receive_ref,
            context,
            ended: Cell::new(false),
            handles: Cell::new(2),
            ending: Cell::new(ptr::null_mut()),
            thread: thread::current().id(),
        }))
    }

    /// Lets the loop know whose calls it drives. It holds on to them until the thread ends.
    pub(crate) fn attach(&self, queue: &Arc<Queue>) -> Result<()> {
        let mut ending = ptr::null_mut();
        unsafe {
            for handle in [self.poll, self.timer] {
                (self.uv.set_data)(handle, Arc::into_raw(Arc::clone(queue)).cast_mut().cast());
            }
            (self.uv.poll_start)(self.poll, UV_READABLE, on_readable);
            let queue = queue_of(self.poll).cast_mut().cast();
            check_status!(sys::napi_add_async_cleanup_hook(self.env, Some(on_end), queue, &raw mut ending))?;
        }
        self.ending.set(ending);
        Ok(())
    }

    fn is_here_and_open(&self) -> bool {
        thread::current().id() == self.thread && !self.ended.get()
    }

    /// Starts a call, on JavaScript's thread.
    pub(crate) fn start(&self, future: impl Future<Output = ()> + Send + 'static) {
        let next = self.runtime.start(future);
        self.arm(next);
    }

    /// Whether the process stays alive for it.
    pub(crate) fn keep_alive(&self, wanted: bool) {
        if self.is_here_and_open() {
            unsafe { (if wanted { self.uv.reference } else { self.uv.unreference })(self.poll) };
        }
    }

    /// Comes back when the runtime's next timer is due. A timer that comes too early is set again then; that costs less than to set it anew for each call.
    fn arm(&self, next: Option<Instant>) {
        let Some(next) = next else { return };
        if self.armed.get().is_some_and(|armed| armed <= next) || !self.is_here_and_open() {
            return;
        }
        let wait = next.saturating_duration_since(Instant::now()).as_micros().div_ceil(1000);
        unsafe { (self.uv.timer_start)(self.timer, on_timer, u64::try_from(wait).unwrap_or(u64::MAX), 0) };
        self.armed.set(Some(next));
    }

    fn turn(&self, queue: &Queue) {
        let next = self.runtime.turn();
        self.arm(next);
        if !queue.is_empty() {
            self.deliver(queue);
        }
    }

    /// Calls JavaScript with what has come, as the event loop calls it: with its microtasks afterwards.
    fn deliver(&self, queue: &Queue) {
        let mut scope = ptr::null_mut();
        unsafe {
            if sys::napi_open_handle_scope(self.env, &raw mut scope) != sys::Status::napi_ok {
                return;
            }
            if self.call(queue).is_err() {
                // What JavaScript threw is nobody's to catch.
                let mut thrown = ptr::null_mut();
                if sys::napi_get_and_clear_last_exception(self.env, &raw mut thrown) == sys::Status::napi_ok {
                    sys::napi_fatal_exception(self.env, thrown);
                }
            }
            sys::napi_close_handle_scope(self.env, scope);
        }
    }

    fn call(&self, queue: &Queue) -> Result<()> {
        let (mut receive, mut this, mut scope) = (ptr::null_mut(), ptr::null_mut(), ptr::null_mut());
        unsafe {
            check_status!(sys::napi_get_reference_value(self.env, self.receive, &raw mut receive))?;
            check_status!(sys::napi_get_global(self.env, &raw mut this))?;
            check_status!(sys::napi_open_callback_scope(self.env, this, self.context, &raw mut scope))?;
        }
        let given = queue.take(&Env::from_raw(self.env), |outcome| {
            let (count, mut returned) = (outcome.len(), ptr::null_mut());
            check_status!(unsafe {
                sys::napi_call_function(self.env, this, receive, count, outcome.as_ptr(), &raw mut returned)
            })
        });
        // This is where the callers' code goes on.
        check_status!(unsafe { sys::napi_close_callback_scope(self.env, scope) })?;
        given
    }

    /// The thread comes to its end: calls under way are dropped, and the loop is left.
    fn end(&self) {
        self.runtime.abort_all();
        self.ended.set(true);
        unsafe {
            (self.uv.close)(self.poll, Some(on_closed));
            (self.uv.close)(self.timer, Some(on_closed));
            sys::napi_delete_reference(self.env, self.receive);
            sys::napi_async_destroy(self.env, self.context);
        }
    }
}

/// How much memory a handle takes: libuv tells.
fn words(uv: &Uv, kind: c_uint) -> usize {
    unsafe { (uv.handle_size)(kind) }.div_ceil(size_of::<u64>())
}

fn allocate(uv: &Uv, kind: c_uint) -> Handle {
    Box::into_raw(vec![0_u64; words(uv, kind)].into_boxed_slice()).cast()
}

unsafe fn free(uv: &Uv, handle: Handle, kind: c_uint) {
    drop(unsafe { Box::from_raw(ptr::slice_from_raw_parts_mut(handle.cast::<u64>(), words(uv, kind))) });
}

/// What a handle belongs to. `data` is the first member of every handle, in all of libuv's version 1; its function for that would have to be looked up first.
unsafe fn queue_of(handle: Handle) -> *const Queue {
    unsafe { *handle.cast::<*const Queue>() }
}

unsafe extern "C" fn on_readable(handle: Handle, _status: c_int, _events: c_int) {
    unsafe { on_turn(handle, false) }
}

unsafe extern "C" fn on_timer(handle: Handle) {
    unsafe { on_turn(handle, true) }
}

unsafe fn on_turn(handle: Handle, by_timer: bool) {
    let queue = unsafe { &*queue_of(handle) };
    if let Some(event_loop) = queue.event_loop() {
        if by_timer {
            event_loop.armed.set(None);
        }
        event_loop.turn(queue);
    }
}

unsafe extern "C" fn on_end(_: sys::napi_async_cleanup_hook_handle, queue: *mut c_void) {
    let queue = unsafe { &*queue.cast_const().cast::<Queue>() };
    queue.event_loop().inspect(|event_loop| event_loop.end());
}

unsafe extern "C" fn on_closed(handle: Handle) {
    let queue = unsafe { Arc::from_raw(queue_of(handle)) };
    if let Some(event_loop) = queue.event_loop() {
        let kind = if handle == event_loop.poll { UV_POLL } else { UV_TIMER };
        unsafe { free(&event_loop.uv, handle, kind) };
        let left = event_loop.handles.get() - 1;
        event_loop.handles.set(left);
        if left == 0 {
            unsafe { sys::napi_remove_async_cleanup_hook(event_loop.ending.get()) };
        }
    }
}
