#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <functional>
#include <mutex>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

namespace webwrap::test {

/* Bytes for the client; `closes` ends the connection behind them. No bytes: the client waits until it gives up. */
struct Answer {
    std::string bytes;
    bool closes = false;
};

inline Answer page(const std::string &body, const std::string &headers = "Content-Type: text/html\r\n",
                   const std::string &status = "200 OK") {
    return {"HTTP/1.1 " + status + "\r\n" + headers + "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" +
            body};
}

inline Answer redirect(const std::string &location, const std::string &status = "302 Found") {
    return page("", "Location: " + location + "\r\n", status);
}

/* A web server on a free port of 127.0.0.1 for one test. `answer` gets the path and the whole request, in a thread of
 * the connection; connections are kept alive. */
class LoopbackServer {
  public:
    using Answering = std::function<Answer(const std::string &path, const std::string &request)>;

    explicit LoopbackServer(Answering answer) : answer_(std::move(answer)), listener_(socket(AF_INET, SOCK_STREAM, 0)) {
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        socklen_t length = sizeof address;
        auto *generic = reinterpret_cast<sockaddr *>(&address);
        if (bind(listener_, generic, length) != 0 || listen(listener_, 64) != 0 ||
            getsockname(listener_, generic, &length) != 0)
            throw std::runtime_error("could not listen on the loopback interface");
        port_ = ntohs(address.sin_port);
        acceptor_ = std::thread([this] { accept_all(); });
    }

    ~LoopbackServer() {
        shutdown(listener_, SHUT_RDWR);
        acceptor_.join();
        for (const int connection : connections_)
            shutdown(connection, SHUT_RDWR);
        for (std::thread &thread : threads_)
            thread.join();
        for (const int connection : connections_)
            close(connection);
        close(listener_);
    }

    LoopbackServer(const LoopbackServer &) = delete;
    LoopbackServer &operator=(const LoopbackServer &) = delete;

    [[nodiscard]] std::string url(const std::string &path, const std::string &host = "127.0.0.1") const {
        return "http://" + host + ":" + std::to_string(port_) + path;
    }

    /* Each request as it arrived, in order. */
    [[nodiscard]] std::vector<std::string> requests() {
        const std::lock_guard lock(mutex_);
        return requests_;
    }

    [[nodiscard]] std::size_t connection_count() {
        const std::lock_guard lock(mutex_);
        return connections_.size();
    }

  private:
    void accept_all() {
        for (int connection; (connection = accept(listener_, nullptr, nullptr)) >= 0;) {
            const std::lock_guard lock(mutex_);
            connections_.push_back(connection);
            threads_.emplace_back([this, connection] { serve(connection); });
        }
    }

    void serve(int connection) {
        for (std::string request; receive(connection, request); request.clear()) {
            {
                const std::lock_guard lock(mutex_);
                requests_.push_back(request);
            }
            const std::size_t begin = request.find(' ') + 1;
            const Answer answer = answer_(request.substr(begin, request.find(' ', begin) - begin), request);
            for (std::size_t sent = 0; sent < answer.bytes.size();) {
                const ssize_t count =
                    send(connection, answer.bytes.data() + sent, answer.bytes.size() - sent, MSG_NOSIGNAL);
                if (count <= 0)
                    return;
                sent += static_cast<std::size_t>(count);
            }
            if (answer.closes) {
                shutdown(connection, SHUT_RDWR);
                return;
            }
        }
    }

    /* One request with its body; false when the client is gone. */
    static bool receive(int connection, std::string &request) {
        char buffer[4096];
        std::size_t wanted = std::string::npos;
        while (request.size() < wanted) {
            const ssize_t count = recv(connection, buffer, sizeof buffer, 0);
            if (count <= 0)
                return false;
            request.append(buffer, static_cast<std::size_t>(count));
            const std::size_t end = request.find("\r\n\r\n");
            if (wanted != std::string::npos || end == std::string::npos)
                continue;
            const std::size_t length = request.find("Content-Length: ");
            wanted = end + 4 + (length < end ? std::stoul(request.substr(length + 16)) : 0);
        }
        return true;
    }

    Answering answer_;
    int listener_;
    int port_ = 0;
    std::mutex mutex_;
    std::vector<int> connections_;
    std::vector<std::string> requests_;
    std::vector<std::thread> threads_;
    std::thread acceptor_;
};

} // namespace webwrap::test
