// portcullis.hpp: `wrapper FOLDER` with the folder of the test certificates.
#include <portcullis.hpp>

#include <cstdio>
#include <fstream>
#include <iterator>
#include <thread>
#include <utility>

namespace {

using portcullis::Chain;
using portcullis::Error;
using portcullis::Handle;
using portcullis::Memo;
using portcullis::Store;

// 2026-12-01T00:00:00Z
constexpr int64_t as_of = 1796083200;
int failures = 0;

void check(bool holds, const char *what) {
  if (holds) return;
  std::fprintf(stderr, "not so: %s\n", what);
  failures++;
}

std::string read(const std::string &path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) throw std::runtime_error(path);
  return {std::istreambuf_iterator<char>(file), {}};
}

template <typename Call>
portcullis_error error_of(Call call, std::string *what = nullptr) {
  try {
    call();
  } catch (const Error &error) {
    if (what != nullptr) *what = error.what();
    return error.code;
  }
  return PORTCULLIS_OK;
}

// In the folder above that of the chains: root, intermediate and leaf, in DER.
void run(const std::string &folder) {
  const std::string root = read(folder + "/../root.der"), intermediate = read(folder + "/../intermediate.der");
  const std::string leaf = read(folder + "/../leaf.der"), bundle = read(folder + "/bundle.pem");
  const std::string list = read(folder + "/../signing.crl.der");

  Memo memo(64);
  Store store(PORTCULLIS_POLICY_RFC5280, memo);
  store.choose(PORTCULLIS_CHOICE_MISSING_CRL_ALLOW);
  store.limit(PORTCULLIS_LIMIT_DEPTH, 2);
  check(store.add_ca_der(root) == 1, "one CA is new");
  check(store.add_ca_pem(bundle) == 1, "one of the bundle is, the root was there");
  const auto chain = Chain().add(leaf).add(intermediate);
  check(bool(store.verify(chain, as_of)), "the leaf may pass");
  check(store.verify(chain, as_of).str() == "Success", "and it is called that");
  check(!store.verify(chain, 0), "but not in 1970");
  check(!store.verify(Chain(), as_of), "nor nobody");
  check(!portcullis::Status(), "a status that was not set is no success");
  check(error_of([&] { store.add_ca_der(root); }) == PORTCULLIS_ERROR_SEALED, "it is sealed");
  check(store.explain_json(chain, as_of).find("\"status\":\"Success\"") != std::string::npos, "it is explained");

  std::string what;
  Store other(PORTCULLIS_POLICY_ALB);
  check(error_of([&] { other.add_ca_pem(bundle.substr(0, bundle.size() - 10)); }, &what) == PORTCULLIS_ERROR_PEM, "a bundle cut off");
  check(what == "certificate 2: its END line is missing", what.c_str());
  check(error_of([] { Store none(99); }, &what) == PORTCULLIS_ERROR_VALUE, "no such policy");
  check(what == "there is no such policy, choice or limit", what.c_str());
  check(other.add_crl_der(list) == PORTCULLIS_CRL_UNVERIFIED, "a list of nobody's");

  Handle handle(store);
  const Store loaded = handle.load();
  const Store moved = std::move(other);
  std::thread thread([&] { check(handle.verify(chain, as_of).str() != "", "while it is replaced"); });
  handle.replace(moved);
  thread.join();
  check(handle.verify(chain, as_of).code == PORTCULLIS_STATUS_CLIENT_CERT_UNTRUSTED, "an empty store trusts nobody");
  check(bool(loaded.verify(chain, as_of)), "who has the old one still has it");
  check(handle.load().explain_json(chain, as_of).find("\"check\":\"issuer\"") != std::string::npos, "the new one is explained");
  check(error_of([&] { handle.load().add_ca_der(root); }) == PORTCULLIS_ERROR_SEALED, "and it is in use");

  const std::string subject = portcullis::subject(leaf);
  check(subject.find("CN=") != std::string::npos && subject.find('\0') == std::string::npos, subject.c_str());
  check(error_of([] { portcullis::subject("no certificate"); }) == PORTCULLIS_ERROR_CERTIFICATE, "no certificate");
}

}  // namespace

int main(int count, char **arguments) {
  if (count != 2) return 2;
  run(arguments[1]);
  std::printf("%d checks failed\n", failures);
  return failures == 0 ? 0 : 1;
}
