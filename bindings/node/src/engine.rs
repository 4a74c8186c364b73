//! One client.

use std::{
    future::Future,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use futures_util::future::Abortable;
use logto_management::{
    Client, Error, RedisLimit, RedisStore, Sealed,
    core::{BoxClock, BoxTransport, TestingClock},
};
use logto_management_local::{LocalClock, OnTokio};
use napi::{
    Env, Result,
    bindgen_prelude::{Either, Uint8Array},
};
use napi_derive::napi;

use crate::{
    call,
    config::Options,
    environment, flags,
    outcome::{Outcome, Read},
    pager::Pager,
    port::{Port, Queue},
    runtime,
    store::{AskStore, Store},
    tokens,
    tokens::{Ask, Tokens},
    warnings::Warnings,
};

/// A client with its connections, its token and its rate limit. Any number of calls may be under way.
#[napi]
pub struct Engine {
    base_url: String,
    /// `None` once it was disposed of.
    client: Mutex<Option<Client<BoxTransport, BoxClock>>>,
    port: Arc<Queue>,
    tokens: Option<Tokens>,
    store: Option<Store>,
    clock: Option<TestingClock<LocalClock>>,
    warnings: Warnings,
}

#[napi]
impl Engine {
    /// An engine, or what is wrong with its options as the core's JSON. `ask` is called with a ticket for each token that is needed; `settle_token` answers it;
    /// `ask_store` for each step of a token store, which `settle_store` answers.
    #[napi]
    #[allow(clippy::use_self, reason = "the macro takes this type to a place without Self")]
    pub fn create(
        options: String,
        port: &Port,
        ask: Option<Ask>,
        ask_store: Option<AskStore>,
    ) -> Either<Engine, String> {
        match Self::try_new(&options, port, ask, ask_store) {
            Ok(engine) => Either::A(engine),
            Err(error) => Either::B(error.to_json()),
        }
    }

    fn try_new(
        options: &str,
        port: &Port,
        ask: Option<Ask>,
        ask_store: Option<AskStore>,
    ) -> std::result::Result<Self, Error> {
        let options = Options::parse(options)?;
        let port = port.queue();
        let time = LocalClock::new(port.runtime().clone());
        let clock = options.testing.then(|| TestingClock::new(time.clone()));
        let config = options.config()?;
        let base_url = config.base_url().to_owned();
        let warnings = Warnings::default();
        let transport = environment::transport(port.runtime(), &config, &warnings)
            .map_err(|error| logto_management::unusable(&error))?;
        let tokens = ask.map(Tokens::new);
        let store = ask_store.map(Store::new);
        let limited = config.rate_limit();
        let erased = clock.clone().map_or_else(|| BoxClock::new(time), BoxClock::new);
        let mut builder =
            Client::builder(config, BoxTransport::new(transport), erased).observer(warnings.clone());
        if clock.is_none() {
            // The server counts per tenant, whatever the number of clients. A testing clock's time is nobody else's.
            builder = builder.share_rate_limit();
        }
        if let Some(store) = &store {
            builder = builder.token_vault(Sealed::shared(store.clone()));
        }
        if let Some(url) = &options.redis {
            let redis = RedisStore::new(url)?;
            let tokio = runtime::of_redis().map_err(|error| Error::invalid_config(error.reason.clone()))?;
            builder = builder.token_vault(Sealed::shared(OnTokio::new(tokio.clone(), redis.clone())));
            if let Some(limit) = limited {
                let limit = RedisLimit::new(redis, &base_url, limit);
                builder = builder.shared_limit(Arc::new(OnTokio::new(tokio, limit)));
            }
        }
        if let Some(tokens) = &tokens {
            builder = builder.token_source(tokens.clone());
        }
        Ok(Self {
            base_url,
            client: Mutex::new(Some(builder.build()?)),
            port,
            tokens,
            store,
            clock,
            warnings,
        })
    }

    /// The client; after `dispose`, an error.
    fn client(&self) -> std::result::Result<Client<BoxTransport, BoxClock>, Error> {
        let client = self.client.lock().unwrap_or_else(PoisonError::into_inner);
        client.clone().ok_or_else(|| Error::invalid_config("The client was disposed of"))
    }

    /// Without a trailing slash.
    #[napi]
    pub fn base_url(&self) -> &str {
        &self.base_url
    }

    /// Sends a request; its outcome comes through the port under `ticket`. The flags are those of [`flags`].
    #[napi]
    #[allow(clippy::too_many_arguments, reason = "an object would cost a look-up for each member")]
    pub fn send(
        &self,
        env: &Env,
        ticket: u32,
        flags: u32,
        method: String,
        target: String,
        route: Option<String>,
        headers: String,
        body: Option<Either<String, Uint8Array>>,
        options: Option<String>,
    ) -> Result<()> {
        let call = self.client().and_then(|client| {
            Ok((client, call::request(&method, target, route, &headers, body, options.as_deref())?))
        });
        let response = async move {
            let (client, request) = call?;
            client.execute(request).await
        };
        let read = if flags & flags::JSON != 0 {
            Read::Json
        } else if flags & flags::TEXT != 0 {
            Read::Text
        } else {
            Read::Bytes
        };
        self.begin(env, ticket, flags, response, move |response| Outcome::response(response, read))
    }

    /// Asks for the token that a request would carry now; see `send`.
    #[napi]
    pub fn token(&self, env: &Env, ticket: u32, flags: u32) -> Result<()> {
        let client = self.client();
        let token = async move { client?.access_token().await };
        self.begin(env, ticket, flags, token, |token| Outcome::token(&token))
    }

    fn begin<T: Send + 'static>(
        &self,
        env: &Env,
        ticket: u32,
        flags: u32,
        call: impl Future<Output = std::result::Result<T, Error>> + Send + 'static,
        outcome: impl FnOnce(T) -> Outcome + Send + 'static,
    ) -> Result<()> {
        let mut ticket = self.port.begin(env, ticket)?;
        let (_, registration) = ticket.abortable(flags & flags::ABORTABLE != 0);
        let warnings = self.warnings.clone();
        self.port.run(async move {
            let (result, asked) = tokens::watched(Abortable::new(call, registration)).await;
            let outcome = match result {
                Ok(Ok(value)) => outcome(value),
                Ok(Err(error)) => Outcome::failed(&error, asked),
                Err(_) => Outcome::Nothing,
            };
            ticket.answer(warnings.take(), outcome);
        });
        Ok(())
    }

    /// A listing, from JSON. What is wrong with it, its first page says.
    #[napi]
    pub fn pager(&self, list: String) -> Pager {
        let listing = self.client().and_then(|client| Ok(client.pager(call::list(&list)?)));
        Pager::new(listing, Arc::clone(&self.port), self.warnings.clone())
    }

    /// Answers a ticket: with a token, or with nothing where `getToken` threw.
    #[napi]
    pub fn settle_token(&self, ticket: u32, token: Option<String>) {
        if let Some(tokens) = &self.tokens {
            tokens.settle(ticket, token);
        }
    }

    /// Whether answers take events along.
    #[napi]
    pub fn observe(&self, on: bool) {
        self.warnings.listen(on);
    }

    /// Answers a step of the token store: with a value, with nothing, or with why it failed.
    #[napi]
    pub fn settle_store(&self, ticket: u32, value: Option<String>, failure: Option<String>) {
        if let Some(store) = &self.store {
            store.settle(ticket, failure.map_or(Ok(value), Err));
        }
    }

    /// Lets go of connections and memory once the calls under way have ended. Later calls fail.
    #[napi]
    pub fn dispose(&self) {
        self.client.lock().unwrap_or_else(PoisonError::into_inner).take();
    }

    /// Moves the testing clock on, if there is one.
    #[napi]
    pub fn advance(&self, ms: f64) {
        if let (Some(clock), Ok(by)) = (&self.clock, Duration::try_from_secs_f64(ms / 1000.0)) {
            clock.advance(by);
        }
    }

    /// The pauses since the last time, in milliseconds, if there is a testing clock.
    #[napi]
    pub fn take_sleeps(&self) -> Vec<f64> {
        let sleeps = self.clock.as_ref().map(TestingClock::take_sleeps).unwrap_or_default();
        sleeps.iter().map(|pause| pause.as_secs_f64() * 1000.0).collect()
    }
}
