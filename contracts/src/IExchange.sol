// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IAccessManaged} from "@openzeppelin/contracts/access/manager/IAccessManaged.sol";
import {IERC165} from "@openzeppelin/contracts/interfaces/IERC165.sol";
import {IERC721} from "@openzeppelin/contracts/interfaces/IERC721.sol";
import {IERC721Metadata} from "@openzeppelin/contracts/interfaces/IERC721Metadata.sol";
import {IERC4906} from "@openzeppelin/contracts/interfaces/IERC4906.sol";
import {IERC5267} from "@openzeppelin/contracts/interfaces/IERC5267.sol";
import {IERC721Errors} from "@openzeppelin/contracts/interfaces/draft-IERC6093.sol";
import {IERC6454, IERC6672, IERC7858, IERC7943NonFungible} from "./interfaces/Standards.sol";

/// @title What the exchange says: its signed messages, its records, its events, its refusals.
/// @dev Units everywhere: money in whole fen of the settlement token (uint96), time in unix seconds (uint40), shares of
/// a price in basis points (10,000 = 100 %). Rounding: fee and charity are rounded down, the seller gets the rest, so
/// price = net + fee + charity to the fen; fee and charity together are at most 5 %. EIP-712 domain: name "Huiquan Exchange", version "1", chainId, this contract.
///
/// `cardId` = high 216 bits of keccak256(issuerId ‖ nullifier), then 40 bits of expiry (0: never). Storage is keyed by
/// the high 216 bits, so a card cannot be minted a second time under another expiry.
///
/// `nonce` is the card's own: every change of owner, every `cancelAll` and every freeze adds one, which voids all
/// signatures made for the card before. Before the first mint it is 0. `epoch` is the account's own: `cancelBids`
/// adds one, which voids all of the account's bids and swap offers.
interface IExchangeTypes {
    // ------------------------------------------------------------------ states

    /// @dev NONE: never minted. REDEEMED is a tombstone: no transition leaves it. HELD: paid for, waits for the issuer's
    /// word. FROZEN: by order of a court or after a proven wrong delivery. The owner stays the seller in AUCTION, SEALED
    /// and HELD, and who split the card in FRACTION; it cannot move there.
    enum State {
        NONE,
        ACTIVE,
        AUCTION,
        SEALED,
        HELD,
        FRACTION,
        FROZEN,
        REDEEMED
    }

    /// @dev VAULT (M3): settled at once; the house's vault releases the secret to the owner of record.
    /// REISSUE (M1): the money waits until the issuer signs that the buyer has a new secret, or goes back.
    enum Delivery {
        VAULT,
        REISSUE
    }

    /// @dev VERIFIER attests cards and balances; ISSUER signs re-issues of its own class.
    enum SignerKind {
        NONE,
        VERIFIER,
        ISSUER
    }

    // ------------------------------------------------------------------ signed messages (EIP-712, names as here)

    /// @notice A verifier saw the card at its issuer: `holder` may mint it, `secretCommit` binds number and PIN.
    /// @dev secretCommit = keccak256(abi.encode(cardId, m0, m1, salt)), three 32-byte words of secret.
    struct Attest {
        uint256 cardId;
        address holder;
        uint16 issuerClass;
        bytes32 secretCommit;
        uint40 deadline;
    }

    /// @notice One signature for many cards of one holder; itemsHash = keccak256(abi.encode(each item, one after another)).
    struct BatchAttest {
        address holder;
        bytes32 itemsHash;
        uint40 deadline;
    }

    /// @notice One card of a batch; not a signed type of its own.
    struct MintItem {
        uint256 cardId;
        uint16 issuerClass;
        bytes32 secretCommit;
    }

    /// @notice The seller's offer at a fixed price. `taker` 0: anyone; else the one buyer, or the one auctioneer who may match.
    struct Listing {
        uint256 cardId;
        uint96 price;
        uint16 feeBps;
        uint16 charityBps;
        uint16 charityId;
        Delivery delivery;
        address taker;
        uint40 deadline;
        uint32 nonce;
    }

    /// @notice A card that comes on chain by its sale: what its `Attest` and its seller's `Listing` say, each thing once and
    /// packed, since a byte of nothing costs 4 gas. Signed as those two; the Listing is that of the attestation's card and
    /// holder, with delivery VAULT and nonce 0. `packFirstSale` in typed-data.ts packs it.
    /// @dev offer = abi.encodePacked(holder, uint48(price), feeBps, charityBps, charityId); a price of 2^48 fen or more is not
    /// sold like this. limits = abi.encodePacked(taker, the Listing's deadline, the Attest's deadline, issuerClass).
    struct FirstSale {
        uint256 cardId;
        bytes32 secretCommit;
        bytes32 offer;
        bytes32 limits;
    }

    /// @notice The seller's offer at a price that falls in a straight line, rounded up (against the buyer by < 1 fen).
    struct DutchTerms {
        uint256 cardId;
        uint96 startPrice;
        uint96 endPrice;
        uint40 startsAt;
        uint40 endsAt;
        uint16 feeBps;
        uint16 charityBps;
        uint16 charityId;
        Delivery delivery;
        uint32 nonce;
    }

    /// @notice The seller's terms of an English auction. Its clock starts with the first bid, which carries these terms.
    struct AuctionTerms {
        uint256 cardId;
        uint96 reserve;
        uint32 duration;
        uint16 feeBps;
        uint16 charityBps;
        uint16 charityId;
        Delivery delivery;
        uint40 deadline;
        uint32 nonce;
    }

    /// @notice The seller's terms of a sealed auction. Each committer locks `bond` from his purse.
    struct SealedTerms {
        uint256 cardId;
        uint96 reserve;
        uint96 bond;
        uint40 commitUntil;
        uint40 revealUntil;
        bool secondPrice;
        uint16 feeBps;
        uint16 charityBps;
        uint16 charityId;
        Delivery delivery;
        uint32 nonce;
    }

    /// @notice A buyer's bid. `session` 0: the token alone. Else the address of a fresh key K = kG: only `deliver` fills
    /// it, with the secret that opens `secretCommit` encrypted to K.
    struct Bid {
        uint256 cardId;
        address bidder;
        uint96 price;
        uint16 feeBps;
        address session;
        bytes32 secretCommit;
        uint32 nonce;
        uint32 epoch;
        uint40 deadline;
    }

    /// @notice The maker (owner of `give`) swaps for `want`; `topUp` is paid by the maker or by the taker. The fee is on the top-up.
    struct SwapOffer {
        uint256 give;
        uint256 want;
        uint96 topUp;
        bool makerPays;
        uint16 feeBps;
        uint32 nonce;
        uint32 epoch;
        uint40 deadline;
    }

    /// @notice The issuer voided the old secret and gave a new one to `buyer`.
    struct Reissued {
        uint256 cardId;
        address buyer;
        bytes32 newCommit;
        uint32 nonce;
        uint40 deadline;
    }

    /// @notice What was left on the card when a verifier looked.
    struct BalanceAttest {
        uint256 cardId;
        uint96 balance;
        uint40 asOf;
    }

    // ------------------------------------------------------------------ records and arguments

    /// @notice The secret, encrypted to a bid's session key K. R = eG is given as (x, v) with v = 27 + (y odd ? 1 : 0).
    /// @dev S = eK; c[i] = m[i] XOR keccak256(abi.encode(S.x, S.y, cardId, i)), i = 0, 1, 2; m = (m0, m1, salt).
    /// An R that is no point of secp256k1 is accepted, and is a wrong delivery.
    struct SealedSecret {
        uint256 x;
        uint8 v;
        bytes32[3] c;
    }

    /// @notice One delivery against payment: the bid it filled, who delivered, the end of the claim window, the ciphertext.
    /// @dev Only its hash is stored: keccak256(abi.encode(bid's struct hash, seller, uint256(until), secret)). The buyer has
    /// the bid; `Delivered` and `Settled` tell the rest.
    struct DeliveryRecord {
        Bid bid;
        address seller;
        uint40 until;
        SealedSecret secret;
    }

    /// @notice A delivery waiting for the issuer (M1). `until`: from then on the buyer's money goes back.
    struct HoldRecord {
        address buyer;
        uint96 price;
        uint40 until;
        uint16 feeBps;
        uint16 charityBps;
        uint16 charityId;
    }

    /// @notice A running English auction.
    struct AuctionRecord {
        address bidder;
        uint96 amount;
        uint40 end;
        uint40 hardEnd;
        uint16 feeBps;
        uint16 charityBps;
        uint16 charityId;
        Delivery delivery;
    }

    /// @notice A running sealed auction. `second` is the second-highest revealed bid, at least the reserve.
    struct SealedRecord {
        address leader;
        uint96 best;
        uint96 second;
        uint96 bond;
        uint40 commitUntil;
        uint40 revealUntil;
        bool secondPrice;
        Delivery delivery;
        uint16 feeBps;
        uint16 charityBps;
        uint16 charityId;
        address seller;
    }

    /// @notice A fractionalised card. `proceeds` 0: not bought out, and `floor` is the price; afterwards `floor` is 0.
    /// @dev `rest`: what rounding has kept back from those who cashed so far, in 1/supply of a fen; the next one gets it.
    struct FractionRecord {
        uint48 supply;
        uint96 floor;
        uint96 proceeds;
        uint16 feeBps;
        uint48 rest;
    }

    /// @notice A card's slot, unpacked.
    struct CardRecord {
        address owner;
        uint32 nonce;
        uint40 expiry;
        State state;
        uint16 issuerClass;
    }

    /// @notice An account's slot, unpacked. `kycUntil` in the past: may not receive.
    struct AccountRecord {
        uint64 balance;
        uint40 kycUntil;
        uint32 epoch;
        uint8 tier;
        bool frozen;
    }

    /// @notice One account's real-name check, as the house's registrar writes it.
    struct KycWrite {
        address account;
        uint40 until;
        uint8 tier;
    }

    /// @notice A key that signs for the house or an issuer, valid in [from, until).
    struct Signer {
        SignerKind kind;
        uint40 from;
        uint40 until;
        uint16 issuerClass;
    }

    /// @notice What is fixed for ever when the contract is deployed.
    struct Config {
        /// Settlement money, an ERC-20 with 2 decimals: one unit is one fen.
        address money;
        /// The AccessManager that holds the roles.
        address authority;
        /// The LogAnchor whose silence opens the emergency exits.
        address logAnchor;
        /// One flag word, see `Features`.
        uint256 features;
        /// The highest price of one sale, 0: no cap (SANDBOX).
        uint96 priceCap;
        /// New trades end here, 0: never (SANDBOX: the approval's last second).
        uint40 approvalUntil;
        /// keccak256 of the approval number, 0: none.
        bytes32 approvalId;
    }

    // ------------------------------------------------------------------ events

    /// @notice A card came on chain. `attested` = the verifier who signed.
    event Minted(
        uint256 indexed cardId, address indexed holder, address attested, uint16 issuerClass, bytes32 secretCommit
    );
    /// @notice `count` cards came on chain by one signature; the items are in the call data, bound by `itemsHash`.
    event BatchMinted(address indexed holder, address indexed attested, bytes32 itemsHash, uint256 count);
    /// @notice A sale is final; the card's Transfer, which is indexed by both, is of the same transaction. price = net + fee + charity. With VAULT delivery this is also the notice of assignment.
    event Settled(
        uint256 indexed cardId,
        address seller,
        address buyer,
        uint256 price,
        uint256 fee,
        uint256 charity,
        uint256 net,
        uint16 charityId
    );
    event CharityPaid(uint16 indexed charityId, address indexed payee, uint256 amount);
    /// @notice All orders signed for the card before are void: its nonce is one higher.
    event OrdersCancelled(uint256 indexed cardId);
    event BidsCancelled(address indexed bidder, uint32 epoch);
    /// @notice Card for card; the two Transfers tell who.
    event Swapped(uint256 indexed give, uint256 want);
    /// @notice The same with money: who is paid gets topUp − fee.
    event SwappedWithTopUp(uint256 indexed give, uint256 want, uint256 topUp, uint256 fee);

    event AuctionBid(uint256 indexed cardId, address indexed bidder, uint256 amount, uint40 end);
    /// @notice Ended without a sale: no bid, or the winner may not receive. The card is the seller's again.
    event SaleUnwound(uint256 indexed cardId, address indexed seller, uint32 nonce);
    event SealedOpened(
        uint256 indexed cardId,
        uint32 indexed nonce,
        uint96 reserve,
        uint96 bond,
        uint40 commitUntil,
        uint40 revealUntil
    );
    event SealedCommitted(uint256 indexed cardId, address indexed bidder, bytes32 commitment);
    event SealedRevealed(uint256 indexed cardId, address indexed bidder, uint96 amount, bool leads);
    /// @notice A commitment that was never opened: `penalty` to the seller's purse, the rest back. 0 when the auction fell.
    event BondForfeited(uint256 indexed cardId, uint32 indexed nonce, address indexed bidder, uint96 penalty);

    /// @notice 债权转让通知 to the issuer: it should void the old secret and give a new one to `buyer` before `until`.
    event Held(uint256 indexed cardId, address indexed seller, address indexed buyer, uint96 price, uint40 until);
    event ReissueConfirmed(uint256 indexed cardId, address indexed issuer, bytes32 newCommit);
    event HoldRefunded(uint256 indexed cardId, address indexed buyer, uint96 price);

    event Delivered(uint256 indexed cardId, bytes32 indexed recordHash, uint40 until, SealedSecret secret);
    event WrongDelivery(uint256 indexed cardId, bytes32 indexed recordHash, uint256 paid);
    event BondReleased(uint256 indexed cardId, bytes32 indexed recordHash, uint256 amount);

    event Fractionalised(
        uint256 indexed cardId, uint256 indexed shareId, address indexed by, uint48 supply, uint96 floor
    );
    event SharesMoved(uint256 indexed shareId, address indexed from, address indexed to, uint256 amount);
    event BoughtOut(uint256 indexed cardId, uint256 indexed shareId, address indexed buyer, uint256 proceeds);
    event United(uint256 indexed cardId, uint256 indexed shareId, address indexed by);
    event Cashed(uint256 indexed shareId, address indexed holder, uint256 shares, uint256 amount);

    /// @notice Every change of a purse, whatever the reason; the event of the reason is beside it.
    event PurseChanged(address indexed account, uint256 free, uint256 locked);
    /// @notice A push failed: the money waits in the purse and can be withdrawn.
    event Credited(address indexed account, uint256 amount);

    event KycSet(address indexed account, uint40 until, uint8 tier);
    event AccountFrozen(address indexed account, bool frozen, bytes32 indexed caseHash);
    event CaseFiled(uint256 indexed cardId, bytes32 indexed caseHash);
    event CaseActed(uint256 indexed cardId, bytes32 indexed caseHash, bytes4 action);
    event SignerSet(address indexed signer, SignerKind kind, uint40 from, uint40 until, uint16 issuerClass);
    event SignerRevoked(address indexed signer);
    event CharitySet(uint16 indexed charityId, address payee);
    event FeePayeeSet(address payee);
    event FeesSwept(address indexed payee, uint256 amount);
    event PausedUntil(uint40 until);
    event BaseUriSet(string uri);
    event BalanceAttested(uint256 indexed cardId, address indexed verifier, uint96 balance, uint40 asOf);

    // ------------------------------------------------------------------ refusals

    /// @notice This profile does not have the feature; no role can switch it on.
    error FeatureOff();
    error Paused(uint40 until);
    /// @notice The sandbox approval has ended (unix seconds).
    error ApprovalEnded(uint40 until);
    error PriceAboveCap(uint256 price, uint256 cap);
    error PriceZero();
    error Reentered();
    /// @notice No such card, or not under this expiry.
    error NoSuchCard(uint256 cardId);
    error AlreadyMinted(uint256 cardId);
    error CardExpired(uint256 cardId);
    error WrongState(uint256 cardId, State state);
    error NotOwner(uint256 cardId, address caller);
    error BadSignature(address expected);
    /// @notice The signer is not registered for this, not yet, or no longer.
    error BadSigner(address signer);
    error Expired(uint256 deadline);
    error WrongNonce(uint32 expected, uint32 given);
    error WrongEpoch(uint32 expected, uint32 given);
    error NotTaker(address taker);
    /// @notice The account's real-name check is missing or ends before `needed` (unix seconds), or the account is frozen.
    error NotAdmitted(address account, uint40 needed);
    /// @notice Fee and charity together, in basis points, are above the cap.
    error FeeAboveCap(uint256 feeBps, uint256 capBps);
    error NoSuchCharity(uint16 charityId);
    error SelfTrade(address account);
    error LengthMismatch();
    error PriceAboveMax(uint256 price, uint256 max);
    error PriceBelowListing(uint256 price, uint256 listed);
    error NotStarted(uint256 startsAt);
    error BadTerms();
    /// @notice The bid asks for the secret (`deliver`), or does not.
    error WrongFill();
    error BidTooLow(uint256 amount, uint256 needed);
    error AuctionEnded(uint256 end);
    error AuctionRunning(uint256 end);
    error NothingCommitted(address bidder);
    error BadReveal();
    error AlreadyCommitted(address bidder);
    error TooEarly(uint256 opensAt);
    error TooLate(uint256 until);
    error NoSuchRecord(bytes32 recordHash);
    /// @notice The key opened does not belong to the delivery.
    error WrongKey();
    /// @notice The delivered secret opens the commitment: nothing to prove.
    error DeliveryWasRight();
    /// @notice The buyer has sold on or used the card, which accepts the delivery.
    error DeliveryAccepted();
    error NotAllShares(uint256 have, uint256 supply);
    error SharesZero();
    error InsufficientShares(uint256 have, uint256 needed);
    error InsufficientPurse(uint256 free, uint256 needed);
    error MoneyFailed();
    /// @notice Less arrived than was moved: the money takes a cut, and what somebody would own is not there.
    error Insolvent(uint256 got, uint256 needed);
    error CaseRequired(uint256 cardId);
    error PauseCoolingDown(uint256 until);
    /// @notice Checkpoints are still being anchored: the emergency exit opens at `opensAt` (unix seconds).
    error NoEmergency(uint256 opensAt);
    /// @notice Nobody's address where somebody's is needed, or the contract's own.
    error ZeroAddress();
    error RedemptionExists();
    error NoSuchRedemption();
    error WindowInvalid();
    error ConfigMismatch();
}

/// @title Where cards are minted and change hands (the contract's own code).
/// @dev Refusals common to all: FeatureOff, Paused and ApprovalEnded (new business only), Reentered, CardExpired.
interface IExchangeTrade is IExchangeTypes {
    // ------------------------------------------------------------------ minting

    /// @notice Brings an attested card on chain for its holder; anyone may send the transaction.
    /// Reverts: Expired, BadSigner, NotAdmitted, AlreadyMinted.
    function mint(Attest calldata attest, bytes calldata verifierSignature) external;

    // ------------------------------------------------------------------ sales

    /// @notice Buys at the seller's signed price. The caller is the buyer and has approved `price` of the money.
    function buy(Listing calldata listing, bytes calldata sellerSignature) external;

    /// @notice Buys several listings, all or none. Money goes once per run of listings of the same seller.
    function buyMany(Listing[] calldata listings, bytes[] calldata sellerSignatures) external;

    /// @notice First sale: mints and sells to the caller in one transaction. It ends in the state of `mint` + `buy`, and is
    /// refused where one of them would be; its history is shorter: `Minted` names the attested holder, who sells, and one
    /// Transfer leads from nobody to the caller.
    /// @param r, vs the verifier's signature in its two words (EIP-2098): the verifier is a plain key
    function buyLazy(FirstSale calldata sale, bytes32 r, bytes32 vs, bytes calldata sellerSignature) external;

    /// @notice Buys at the price of this second. Reverts PriceAboveMax when it is above `maxPrice`.
    function buyDutch(DutchTerms calldata terms, bytes calldata sellerSignature, uint96 maxPrice) external;

    /// @notice The owner (caller) sells to a signed bid, and may give a part of it to a charity.
    function acceptBid(Bid calldata bid, bytes calldata bidderSignature, uint16 charityBps, uint16 charityId) external;

    /// @notice Settles a signed listing with a signed bid at the bid's price (≥ the listing's), sent by anyone or, when the
    /// listing names a `taker`, by it alone: gasless sales, and English auctions held off chain.
    function matchOrders(
        Listing calldata listing,
        bytes calldata sellerSignature,
        Bid calldata bid,
        bytes calldata bidderSignature
    ) external;

    /// @notice Delivery versus payment (M2): the owner (caller) takes the money and hands over token and encrypted secret.
    /// Locks price + 10 % of the caller's purse until the claim window ends.
    /// @return recordHash the key under which the delivery is remembered
    function deliver(Bid calldata bid, bytes calldata bidderSignature, SealedSecret calldata secret)
        external
        returns (bytes32 recordHash);

    /// @notice Swaps the caller's card `want` for the maker's `give`.
    function swap(SwapOffer calldata offer, bytes calldata makerSignature) external;

    /// @notice Voids every order signed for the card: one write.
    function cancelAll(uint256 cardId) external;

    // ------------------------------------------------------------------ English auction

    /// @notice First bid: starts the auction by the seller's signed terms. The money moves in at once.
    function openAuction(AuctionTerms calldata terms, bytes calldata sellerSignature, uint96 amount) external;

    /// @notice Later bid, at least 5 % (rounded up) above the last, whose money goes back in the same call or into the purse.
    /// The seller may not bid (SelfTrade).
    /// In the last 15 minutes the end moves to 15 minutes from now, never beyond the hard end (+ 2 hours in all).
    function bid(uint256 cardId, uint96 amount) external;

    /// @notice After the end anyone settles. A winner who may not receive gets the money back, the seller the card.
    function settleAuction(uint256 cardId) external;

    // ------------------------------------------------------------------ fractions

    /// @notice The owner (caller) splits a card into `supply` shares with a fixed buy-out price.
    function fractionalise(uint256 cardId, uint48 supply, uint96 floor, uint16 feeBps)
        external
        returns (uint256 shareId);

    /// @notice After the buy-out: burns the caller's shares for their part. Rounded down, and what rounding keeps back goes
    /// to those who cash later: all parts together are the proceeds to the fen.
    function cash(uint256 shareId) external returns (uint256 amount);

    // ------------------------------------------------------------------ use

    /// @notice The owner has used the card up: burnt for ever, the id never mints again.
    function burn(uint256 cardId) external;
}

/// @title The rarer business (the extension's code, reached through the same address).
interface IExchangeExtension is IExchangeTypes {
    /// @notice Several calls in one transaction, each as the caller. Reverts with the first one's reason.
    function multicall(bytes[] calldata calls) external returns (bytes[] memory results);

    /// @notice Many cards of one holder by one signature.
    function mintBatch(BatchAttest calldata attest, MintItem[] calldata items, bytes calldata verifierSignature)
        external;

    /// @notice Voids every bid and swap offer the caller signed.
    function cancelBids() external;

    // ------------------------------------------------------------------ purse

    /// @notice Moves money into the caller's purse: bonds and sealed bids are paid from it.
    function deposit(uint96 amount) external;

    /// @notice Takes free money out of the caller's purse to `to`, which cannot be this contract. Never paused.
    function withdraw(address to, uint96 amount) external;

    // ------------------------------------------------------------------ sealed auction

    /// @notice Opens a sealed auction by the seller's signature; anyone may send it. Windows of at least an hour each.
    function openSealed(SealedTerms calldata terms, bytes calldata sellerSignature) external;

    /// @notice Commits to a bid and locks the bond.
    /// @param commitment keccak256(abi.encode(cardId, nonce, bidder, amount, salt))
    function commitBid(uint256 cardId, bytes32 commitment) external;

    /// @notice Opens a commitment: frees the bond; a leading bid is locked from the purse, the former leader's is freed.
    function revealBid(uint256 cardId, uint96 amount, bytes32 salt) external;

    /// @notice After the reveal window anyone settles, at the best or at the second price.
    function settleSealed(uint256 cardId) external;

    /// @notice Ends a commitment that was never opened: 20 % of the bond to the seller's purse, the rest back; all of it
    /// back when the auction fell (freeze, emergency).
    function forfeitBond(uint256 cardId, uint32 nonce, address bidder) external;

    // ------------------------------------------------------------------ delivery

    /// @notice M1: the issuer's signature pays the seller and hands the token over; to a buyer who is not admitted any more
    /// it does not: the card waits here, frozen, for the desk.
    function confirmReissue(Reissued calldata reissued, bytes calldata issuerSignature) external;

    /// @notice M1: after the window the buyer's money goes back; anyone may call.
    function refundHold(uint256 cardId) external;

    /// @notice M2: the buyer opens the session key `k`. When the ciphertext does not open the commitment (or R is no
    /// point), the seller's bond (price + 10 %) goes to the buyer's purse and the card is frozen for the desk.
    /// @param sx, sy the shared point S = kR
    function proveWrongDelivery(DeliveryRecord calldata record, uint256 k, uint256 sx, uint256 sy) external;

    /// @notice M2: after the claim window the seller's bond is free again; anyone may call.
    function releaseBond(DeliveryRecord calldata record) external;

    // ------------------------------------------------------------------ fractions

    function transferShares(uint256 shareId, address to, uint48 amount) external;

    /// @notice Anyone admitted buys the whole card at the floor.
    function buyOut(uint256 cardId) external;

    /// @notice The holder of all shares takes the card back.
    function unite(uint256 cardId) external;

    // ------------------------------------------------------------------ emergency

    /// @notice When no checkpoint was anchored for 7 days: ends a running auction, sealed auction or hold; money goes back.
    function emergencyUnwind(uint256 cardId) external;
}

/// @title The desk (roles in the AccessManager), attestations and views.
interface IExchangeDesk is IExchangeTypes {
    /// @notice Publishes what is left on a card, as a verifier signed it.
    function attestBalance(BalanceAttest calldata attest, bytes calldata verifierSignature) external;

    /// @notice For `multicall`: gives the money an ERC-2612 permit for this contract; a permit already used is no failure.
    function permitMoney(address owner, uint256 value, uint256 deadline, uint8 v, bytes32 r, bytes32 s) external;

    // ------------------------------------------------------------------ restricted

    function setKyc(KycWrite[] calldata writes) external;
    /// @notice Freezes or frees an account's cards by case. Money in the purse stays withdrawable.
    function setAccountFrozen(address account, bool frozen, bytes32 caseHash) external;
    /// @notice Files the case on which the next `setFrozenTokens` or `forcedTransfer` of the card acts; used up by it.
    function fileCase(uint256 cardId, bytes32 caseHash) external;
    function setSigner(address signer, Signer calldata entry) external;
    /// @notice At once, without delay: takes a key out of use.
    function revokeSigner(address signer) external;
    /// @notice Allows a charity, or gives it another payee after the former one is paid out. Charities are never removed:
    /// running sales may name them.
    function setCharity(uint16 charityId, address payee) external;
    /// @notice Pays what the charity has been given; anyone may call. Reverts MoneyFailed or Insolvent when
    /// the gift is not there any more, or would not lie whole in the purse of a payee whom the money refuses.
    function payCharity(uint16 charityId) external;
    function setFeePayee(address payee) external;
    /// @notice Sends what the treasury holds beyond the gifts to the fee payee; anyone may call. Reverts Insolvent when a
    /// money that takes a cut has left less there than was given.
    function sweepFees() external;
    /// @notice Stops new mints, sales and bids for 7 days at most; the next pause may begin 7 days after the end.
    function pause() external;
    function unpause() external;
    function setBaseUri(string calldata uri) external;

    // ------------------------------------------------------------------ views

    function cardOf(uint256 cardId) external view returns (CardRecord memory);
    function accountOf(address account) external view returns (AccountRecord memory);
    function purseOf(address account) external view returns (uint128 free, uint128 locked);
    function auctionOf(uint256 cardId) external view returns (AuctionRecord memory);
    function sealedOf(uint256 cardId, uint32 nonce) external view returns (SealedRecord memory);
    function commitmentOf(uint256 cardId, uint32 nonce, address bidder) external view returns (bytes32);
    function holdOf(uint256 cardId) external view returns (HoldRecord memory);
    /// @return bond fen locked for the delivery, 0: none or over
    function deliveryBondOf(bytes32 recordHash) external view returns (uint96 bond);
    function fractionOf(uint256 shareId) external view returns (FractionRecord memory);
    function shareIdOf(uint256 cardId) external view returns (uint256);
    function sharesOf(uint256 shareId, address holder) external view returns (uint256);
    function signerOf(address signer) external view returns (Signer memory);
    function charityOf(uint16 charityId) external view returns (address payee, uint96 credit);
    function caseOf(uint256 cardId) external view returns (bytes32);
    /// @return owed fen in this contract's balance that belong to the treasury; all else in it is users' money
    /// @return pausedUntil unix seconds, in the past: not paused
    /// @return treasury where fees and gifts lie
    function houseOf() external view returns (uint128 owed, uint40 pausedUntil, address treasury);
    function feePayee() external view returns (address);
    function config() external view returns (Config memory);
    /// @notice The digest a wallet signs for each type, for golden tests and for contract wallets.
    function hashAttest(Attest calldata message) external view returns (bytes32);
    function hashBatchAttest(BatchAttest calldata message) external view returns (bytes32);
    function hashListing(Listing calldata message) external view returns (bytes32);
    function hashDutchTerms(DutchTerms calldata message) external view returns (bytes32);
    function hashAuctionTerms(AuctionTerms calldata message) external view returns (bytes32);
    function hashSealedTerms(SealedTerms calldata message) external view returns (bytes32);
    function hashBid(Bid calldata message) external view returns (bytes32);
    function hashSwapOffer(SwapOffer calldata message) external view returns (bytes32);
    function hashReissued(Reissued calldata message) external view returns (bytes32);
    function hashBalanceAttest(BalanceAttest calldata message) external view returns (bytes32);
}

/// @title All that answers at the exchange's address.
interface IExchange is
    IExchangeTrade,
    IExchangeExtension,
    IExchangeDesk,
    IERC721Metadata,
    IERC721Errors,
    IERC7943NonFungible,
    IERC7858,
    IERC6672,
    IERC6454,
    IERC4906,
    IERC5267,
    IAccessManaged
{
    function supportsInterface(bytes4 interfaceId) external view override(IERC165) returns (bool);
}
