// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title Sales settled by a bank outside the chain (profile CN): evidence, notice and proof, no token and no money.
/// @dev People and cards appear as salted commitments only (PIPL: no personal data on chain). Units: fen, unix seconds,
/// basis points. EIP-712 domain: name "Huiquan Attested Settlement", version "1".
interface IAttestedSettlement {
    /// @dev OPEN: agreed, unpaid. PAID: the bank proved the payment. LAPSED: not paid before the deadline.
    enum OrderState {
        NONE,
        OPEN,
        PAID,
        LAPSED
    }

    enum SignerKind {
        NONE,
        VERIFIER,
        ISSUER,
        BANK,
        DESK
    }

    /// @notice A verifier saw the card at its issuer. Signed by a VERIFIER.
    struct CardAttest {
        bytes32 cardRef;
        bytes32 secretCommit;
        uint96 balance;
        uint40 asOf;
        uint40 deadline;
    }

    /// @notice An agreed sale. Signed by the house's DESK key, after both sides agreed in the app.
    /// payee: commitment to the seller's account at the bank; buyer: commitment to the buyer.
    struct Order {
        bytes32 orderId;
        bytes32 cardRef;
        bytes32 payee;
        bytes32 buyer;
        uint96 price;
        uint16 feeBps;
        uint16 charityBps;
        uint16 charityId;
        uint40 deadline;
    }

    /// @notice 债权转让通知: the notice of assignment reached the issuer. Signed by an ISSUER.
    struct AssignmentNotice {
        bytes32 orderId;
        bytes32 noticeHash;
        uint40 receivedAt;
    }

    /// @notice The bank moved the price to the payee. Signed by a BANK; one proof settles one order.
    struct PaymentProof {
        bytes32 orderId;
        bytes32 payee;
        uint96 amount;
        bytes32 bankRef;
        uint40 time;
    }

    struct OrderRecord {
        bytes32 orderHash;
        OrderState state;
        uint40 noticedAt;
        uint40 deadline;
        uint40 paidAt;
    }

    struct Signer {
        SignerKind kind;
        uint40 from;
        uint40 until;
    }

    event CardAttested(
        bytes32 indexed cardRef, address indexed verifier, bytes32 secretCommit, uint96 balance, uint40 asOf
    );
    event OrderOpened(bytes32 indexed orderId, bytes32 indexed cardRef, uint96 price, uint40 deadline);
    event AssignmentNoticed(bytes32 indexed orderId, address indexed issuer, bytes32 noticeHash, uint40 receivedAt);
    /// @notice price = net + fee + charity.
    event Settled(
        bytes32 indexed orderId, bytes32 indexed bankRef, uint256 price, uint256 fee, uint256 charity, uint256 net
    );
    event OrderLapsed(bytes32 indexed orderId);
    event SignerSet(address indexed signer, SignerKind kind, uint40 from, uint40 until);
    event SignerRevoked(address indexed signer);

    error BadSigner(address signer);
    error Expired(uint256 deadline);
    error OrderExists(bytes32 orderId);
    error NoSuchOrder(bytes32 orderId);
    error WrongState(bytes32 orderId, OrderState state);
    error CardPromised(bytes32 cardRef, bytes32 orderId);
    error PaymentMismatch(bytes32 orderId);
    error BankRefUsed(bytes32 bankRef);
    error TooEarly(uint256 opensAt);
    error FeeAboveCap(uint256 feeBps, uint256 capBps);
    error PriceZero();
    error WindowInvalid();

    /// @notice Publishes an attestation; evidence only.
    function attest(CardAttest calldata message, bytes calldata verifierSignature) external;

    /// @notice Opens an order; a card has at most one open order.
    function open(Order calldata order, bytes calldata deskSignature) external;

    /// @notice The issuer confirms that the notice reached it.
    function notice(AssignmentNotice calldata message, bytes calldata issuerSignature) external;

    /// @notice Settles an order by the bank's signed proof. `order` is repeated and checked against its hash.
    function settle(Order calldata order, PaymentProof calldata proof, bytes calldata bankSignature) external;

    /// @notice After the deadline and a day of grace for a proof under way, an unpaid order ends; the card is free.
    function lapse(Order calldata order) external;

    function setSigner(address signer, Signer calldata entry) external;
    function revokeSigner(address signer) external;

    function orderOf(bytes32 orderId) external view returns (OrderRecord memory);
    /// @return orderId the open order of the card, 0: none
    function promiseOf(bytes32 cardRef) external view returns (bytes32 orderId);
    function bankRefUsed(bytes32 bankRef) external view returns (bool);
    function signerOf(address signer) external view returns (Signer memory);
    function hashCardAttest(CardAttest calldata message) external view returns (bytes32);
    function hashOrder(Order calldata message) external view returns (bytes32);
    function hashAssignmentNotice(AssignmentNotice calldata message) external view returns (bytes32);
    function hashPaymentProof(PaymentProof calldata message) external view returns (bytes32);
}
