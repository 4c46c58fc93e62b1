#include "core/fetch/run.hpp"

#include <algorithm>
#include <new>

#include "core/base/interrupt.hpp"
#include "core/base/text.hpp"

namespace webwrap {

namespace {

/* A pending interrupt is noticed after this wait at the latest, even if its signal came just before the wait began. */
constexpr int kInterruptibleWaitMs = 100;
constexpr int kPlainWaitMs = 1000;

void check_multi(CURLMcode code) {
    if (code == CURLM_OUT_OF_MEMORY)
        throw std::bad_alloc();
    if (code != CURLM_OK)
        throw Error(ErrorKind::kInternal, std::string("curl failed: ") + curl_multi_strerror(code));
}

/* The error, with the way to the URL that it names. */
Error with_redirects(const Error &error, const Flight &flight) {
    if (flight.redirects == 0 || error.message().find(flight.first_url) != std::string::npos)
        return error;
    const std::string way = "Redirected from " + quoted(flight.first_url) + ".";
    return {error.kind(), error.message(), error.detail().empty() ? way : error.detail() + " " + way, error.hint()};
}

} // namespace

Run::Run(const Place &place, int max_concurrent, int max_per_origin, const std::function<void(FetchOutcome &&)> &done)
    : place_(place), max_concurrent_(std::max(max_concurrent, 1)), max_per_origin_(std::max(max_per_origin, 1)),
      done_(done), queue_(max_per_origin), random_(static_cast<std::minstd_rand::result_type>(now_us())) {
    /* Only what the site itself did wrong counts for others: settings that stood in the way may have changed. */
    std::erase_if(place_.robots, [](const auto &known) {
        const std::optional<Error> &failure = known.second.failure;
        return failure && failure->kind() != ErrorKind::kHttpStatus && failure->kind() != ErrorKind::kNetwork;
    });
}

void Run::add(const Request &request) {
    auto flight = std::make_unique<Flight>();
    flight->request = &request;
    flight->request_index = flights_.size();
    try {
        flight->hop = first_hop(request);
    } catch (const Error &error) {
        flights_.push_back(nullptr);
        done_(FetchOutcome{flight->request_index, std::nullopt, error, {}});
        return;
    }
    flight->first_url = flight->hop.url.text;
    queue_.push(flight.get());
    flights_.push_back(std::move(flight));
    ++unfinished_;
}

void Run::run() {
    while (unfinished_ > 0 || !finished_.empty()) {
        look_after_waiting();
        let_in();
        int running = 0;
        {
            const SignalBlock block;
            check_multi(curl_multi_perform(place_.multi, &running));
        }
        Interrupt::poll();
        hand_out();
        if (collect_finished() || !finished_.empty() || unfinished_ == 0)
            continue;
        const Interrupt::Wait wait;
        check_multi(curl_multi_poll(place_.multi, nullptr, 0, wait_ms(), nullptr));
    }
}

/* After the next requests are on their way: what the receiver does with a response takes its time. */
void Run::hand_out() {
    std::vector<FetchOutcome> finished;
    finished.swap(finished_);
    for (FetchOutcome &outcome : finished)
        done_(std::move(outcome));
}

/* Until something has to be looked at again. */
int Run::wait_ms() const {
    Clock::duration wait =
        std::chrono::milliseconds(Interrupt::poll_hook != nullptr ? kInterruptibleWaitMs : kPlainWaitMs);
    const Clock::time_point now = Clock::now();
    for (const Flight *flight : waiting_)
        wait = std::min(wait, flight->due - now);
    return static_cast<int>(std::max(std::chrono::ceil<std::chrono::milliseconds>(wait).count(), std::int64_t{0}));
}

void Run::let_in() {
    while (active_ < max_concurrent_) {
        Flight *flight = queue_.take();
        if (flight == nullptr)
            return;
        ++active_;
        flight->has_place = true;
        guarded(*flight, &Run::begin);
    }
}

void Run::begin(Flight &flight) {
    switch (flight.stage) {
    case Flight::Stage::kRest:
        return want_turn(flight);
    case Flight::Stage::kAlone:
        return ask_robots(flight);
    default:
        return plan(flight);
    }
}

/* Waits for a place to begin that stage in; what is asked for robots.txt needs none. */
void Run::line_up(Flight &flight, Flight::Stage stage) {
    stop_waiting(flight);
    flight.stage = stage;
    if (flight.is_for_robots())
        begin(flight);
    else
        queue_.push(&flight);
}

void Run::look_after_waiting() {
    const Clock::time_point now = Clock::now();
    std::vector<Flight *> due;
    std::ranges::copy_if(waiting_, std::back_inserter(due), [now](const Flight *f) { return f->due <= now; });
    for (Flight *flight : due) /* a flight leaves the list only by its own doing */
        guarded(*flight, &Run::resume);
}

/* What a step throws ends its flight only. */
void Run::guarded(Flight &flight, void (Run::*step)(Flight &)) {
    try {
        (this->*step)(flight);
    } catch (const Error &error) {
        fail(flight, error);
    }
}

void Run::resume(Flight &flight) {
    switch (flight.stage) {
    case Flight::Stage::kFollow:
        return follow(flight);
    case Flight::Stage::kRobots:
        return ask_robots(flight);
    case Flight::Stage::kTurn:
        return want_turn(flight);
    case Flight::Stage::kRest:
        return line_up(flight, Flight::Stage::kRest);
    case Flight::Stage::kPlan:
    case Flight::Stage::kAlone:
    case Flight::Stage::kWire:
        return;
    }
}

void Run::wait(Flight &flight, Flight::Stage stage, std::int64_t wait_ms) {
    const Clock::time_point now = Clock::now();
    if (flight.stage != stage || std::ranges::find(waiting_, &flight) == waiting_.end()) {
        stop_waiting(flight);
        flight.stage = stage;
        flight.since = now;
        waiting_.push_back(&flight);
    }
    flight.due = now + std::chrono::milliseconds(wait_ms);
}

void Run::stop_waiting(Flight &flight) {
    if (std::erase(waiting_, &flight) == 0)
        return;
    const Clock::duration waited = Clock::now() - flight.since;
    flight.cost.waited_ms += milliseconds(waited);
    if (flight.stage == Flight::Stage::kTurn)
        flight.queued += waited;
}

/* False when no transfer has ended. */
bool Run::collect_finished() {
    bool any = false;
    int left = 0;
    while (const CURLMsg *message = curl_multi_info_read(place_.multi, &left)) {
        if (message->msg != CURLMSG_DONE)
            continue;
        any = true;
        auto &flight = *static_cast<Flight *>(Transfer::owner_of(message->easy_handle));
        flight.result = message->data.result; /* the message dies with the handle */
        guarded(flight, &Run::land);
    }
    return any;
}

void Run::fail(Flight &flight, const Error &error) {
    if (flight.pass != nullptr && error.kind() == ErrorKind::kNetwork)
        flight.pass->land(); /* the host fails everybody: those who wait need not fail one after the other */
    finish(flight, FetchOutcome{flight.request_index, std::nullopt, with_redirects(error, flight), {}});
}

void Run::finish(Flight &flight, FetchOutcome &&outcome) {
    stop_waiting(flight);
    leave_wire(flight);
    outcome.cost = flight.cost;
    if (flight.is_for_robots()) {
        const std::unique_ptr<Flight> ended = std::move(robots_flights_.extract(flight.robots_name).mapped());
        note_robots(ended->robots_name, ended->hop.user_agent, outcome);
        return;
    }
    give_up_place(flight);
    flights_[flight.request_index].reset();
    --unfinished_;
    finished_.push_back(std::move(outcome));
}

void Run::leave_wire(Flight &flight) {
    flight.transfer.reset();
    flight.turn = TurnHold();
}

void Run::give_up_place(Flight &flight) {
    if (!std::exchange(flight.has_place, false))
        return;
    --active_;
    queue_.release(flight.hop.url);
}

long Run::remaining_ms(const Flight &flight) const {
    if (place_.limits.request_timeout_ms <= 0)
        return kForeverMs;
    Clock::duration used = Clock::now() - flight.started_at - flight.queued;
    if (flight.stage == Flight::Stage::kTurn)
        used -= Clock::now() - flight.since;
    return place_.limits.request_timeout_ms - static_cast<long>(milliseconds(used));
}

} // namespace webwrap
