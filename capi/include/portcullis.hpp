// Portcullis for C++17: portcullis.h with owners, exceptions and nothing else. What each call does, stands there.
#ifndef PORTCULLIS_HPP
#define PORTCULLIS_HPP

#include "portcullis.h"

#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace portcullis {

// A call that failed; a verdict never is one.
class Error : public std::runtime_error {
 public:
  explicit Error(portcullis_error code, const char *detail = "")
      : std::runtime_error(*detail != '\0' ? detail : portcullis_error_str(code)), code(code) {}
  const portcullis_error code;
};

inline void check(portcullis_error code, const char *detail = "") {
  if (code != PORTCULLIS_OK) throw Error(code, detail);
}

// What a client presents, leaf first. The octets stay the caller's.
class Chain {
 public:
  Chain &add(const void *der, size_t length) {
    certificates_.push_back(static_cast<const uint8_t *>(der));
    lengths_.push_back(length);
    return *this;
  }
  Chain &add(std::string_view der) { return add(der.data(), der.size()); }
  const uint8_t *const *certificates() const { return certificates_.data(); }
  const size_t *lengths() const { return lengths_.data(); }
  size_t size() const { return lengths_.size(); }

 private:
  std::vector<const uint8_t *> certificates_;
  std::vector<size_t> lengths_;
};

// The verdict. False unless it is success.
class Status {
 public:
  explicit Status(portcullis_status code = PORTCULLIS_STATUS_UNMAPPED_CONNECTION_ERROR) : code(code) {}
  explicit operator bool() const { return code == PORTCULLIS_STATUS_SUCCESS; }
  std::string_view str() const { return portcullis_status_str(code); }
  portcullis_status code;
};

// Signatures that verified, for any number of stores.
class Memo {
 public:
  explicit Memo(size_t entries) : memo_(portcullis_memo_new(entries), portcullis_memo_free) {
    if (!memo_) throw Error(PORTCULLIS_ERROR_VALUE);
  }
  const portcullis_memo *get() const { return memo_.get(); }

 private:
  std::unique_ptr<portcullis_memo, void (*)(portcullis_memo *)> memo_;
};

class Store {
  friend class Handle;

 public:
  explicit Store(portcullis_policy policy) : Store(portcullis_store_new(policy, nullptr)) {}
  Store(portcullis_policy policy, const Memo &memo) : Store(portcullis_store_new(policy, memo.get())) {}

  void choose(portcullis_choice choice) { check(portcullis_store_choose(store_.get(), choice)); }
  void limit(portcullis_limit what, uint32_t value) { check(portcullis_store_limit(store_.get(), what, value)); }
  size_t add_ca_pem(std::string_view pem) { return add<size_t>(portcullis_store_add_ca_pem, pem); }
  size_t add_ca_der(std::string_view der) { return add<size_t>(portcullis_store_add_ca_der, der); }
  // A list that cannot be used is an Error with PORTCULLIS_ERROR_CRL_UNUSABLE, and is in the store all the same.
  portcullis_crl_state add_crl_pem(std::string_view pem) { return add<portcullis_crl_state>(portcullis_store_add_crl_pem, pem); }
  portcullis_crl_state add_crl_der(std::string_view der) { return add<portcullis_crl_state>(portcullis_store_add_crl_der, der); }

  Status verify(const Chain &chain, int64_t now = PORTCULLIS_NOW) const {
    Status status;
    check(portcullis_store_verify(store_.get(), chain.certificates(), chain.lengths(), chain.size(), now, &status.code));
    return status;
  }
  std::string explain_json(const Chain &chain, int64_t now = PORTCULLIS_NOW) const {
    char *json = nullptr;
    check(portcullis_store_explain_json(store_.get(), chain.certificates(), chain.lengths(), chain.size(), now, &json));
    return std::unique_ptr<char, void (*)(char *)>(json, portcullis_string_free).get();
  }
  const portcullis_store *get() const { return store_.get(); }

 private:
  explicit Store(portcullis_store *store) : store_(store, [](portcullis_store *it) { portcullis_store_free(it); }) {
    if (!store_) throw Error(PORTCULLIS_ERROR_VALUE);
  }
  template <typename Result, typename Add>
  Result add(Add function, std::string_view bytes) {
    Result result{};
    char detail[256] = "";
    check(function(store_.get(), bytes.data(), bytes.size(), &result, detail, sizeof detail), detail);
    return result;
  }
  std::unique_ptr<portcullis_store, void (*)(portcullis_store *)> store_;
};

// A store that can be replaced while others verify with it.
class Handle {
 public:
  explicit Handle(const Store &store) : handle_(portcullis_handle_new(store.get()), portcullis_handle_free) {
    if (!handle_) throw Error(PORTCULLIS_ERROR_PANIC);
  }
  void replace(const Store &store) { check(portcullis_handle_replace(handle_.get(), store.get())); }
  // The store in use, to verify and explain with the same one.
  Store load() const { return Store(const_cast<portcullis_store *>(portcullis_handle_load(handle_.get()))); }
  Status verify(const Chain &chain, int64_t now = PORTCULLIS_NOW) const {
    Status status;
    check(portcullis_handle_verify(handle_.get(), chain.certificates(), chain.lengths(), chain.size(), now, &status.code));
    return status;
  }

 private:
  std::unique_ptr<portcullis_handle, void (*)(portcullis_handle *)> handle_;
};

// The subject as ALB writes it.
inline std::string subject(std::string_view der) {
  size_t needed = 0;
  const portcullis_error code = portcullis_subject(der.data(), der.size(), nullptr, 0, &needed);
  if (code != PORTCULLIS_ERROR_BUFFER) check(code);
  std::string text(needed, '\0');
  check(portcullis_subject(der.data(), der.size(), text.data(), text.size(), nullptr));
  text.pop_back();
  return text;
}

}  // namespace portcullis

#endif
